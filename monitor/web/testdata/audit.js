// What can be computed of WCAG 2.2 AA on one page. Returns a list of faults.
(() => {
  const faults = [];
  const say = (what, el) => faults.push(what + (el ? ": " + el.outerHTML.slice(0, 140) : ""));
  const shown = (el) => {
    const box = el.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && getComputedStyle(el).visibility !== "hidden" && el.checkVisibility();
  };
  const nameOf = (el) => {
    const by = el.getAttribute("aria-labelledby");
    const labels = el.labels ? [...el.labels].map((l) => l.textContent) : [];
    return (el.getAttribute("aria-label") || (by && document.getElementById(by)?.textContent) || labels.join(" ") ||
      (/^(input|select|textarea)$/i.test(el.tagName) ? "" : el.textContent)).trim();
  };

  if (!document.documentElement.lang) say("no language");
  if (!document.title.trim()) say("no title");
  for (const one of ["main", "h1", "header", "footer"]) if (document.querySelectorAll("body " + one).length !== 1) say("not exactly one " + one);
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  for (const id of new Set(ids)) if (ids.filter((i) => i === id).length > 1) say("id used twice: " + id);
  for (const nav of document.querySelectorAll("nav")) if (!nameOf(nav)) say("nav without a name", nav);

  let level = 0;
  for (const h of document.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
    const n = Number(h.tagName[1]);
    if (n > level + 1) say("heading skips a level", h);
    if (!h.textContent.trim()) say("empty heading", h);
    level = n;
  }
  for (const el of document.querySelectorAll("input:not([type=hidden]), select, textarea, button, a[href], summary, svg[role=img], [role=region]"))
    if (!nameOf(el)) say("without a name", el);
  for (const el of document.querySelectorAll("svg:not([role=img]):not([aria-hidden]), img:not([alt])")) say("picture without a name", el);
  for (const el of document.querySelectorAll("[aria-labelledby], [aria-describedby]"))
    for (const id of (el.getAttribute("aria-labelledby") || "").split(/\s+/).filter(Boolean)) if (!document.getElementById(id)) say("named by nothing", el);
  for (const el of document.querySelectorAll("table")) if (!el.querySelector("th[scope]") || !el.caption) say("table without heads or caption", el);
  for (const el of document.querySelectorAll("[tabindex]")) if (Number(el.tabIndex) > 0) say("tab order forced", el);
  if (document.querySelector("[style], style, script:not([src])")) say("inline style or script");
  if (document.documentElement.scrollWidth > innerWidth) {
    const wide = [...document.querySelectorAll("main *")].find((e) => shown(e) && e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll"));
    say("scrolls sideways", wide);
  }
  for (const el of document.querySelectorAll("button, input:not([type=hidden]), select, .chips a, .spans a")) {
    const box = el.getBoundingClientRect();
    if (shown(el) && (box.height < 24 || box.width < 24)) say("target under 24 px", el);
  }

  // Contrast, as WCAG defines it, of every text against what lies behind it.
  const parse = (c) => { const m = c.match(/[\d.]+/g).map(Number); return { r: m[0], g: m[1], b: m[2], a: m.length > 3 ? m[3] : 1 }; };
  const light = (c) => { const f = (v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
    return 0.2126 * f(c.r) + 0.7152 * f(c.g) + 0.0722 * f(c.b); };
  const behind = (el) => { for (let e = el; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.a > 0.99) return c; }
    return { r: 255, g: 255, b: 255 }; };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const told = new Set();
  while (walk.nextNode()) {
    const el = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || !shown(el) || el.closest(".aside, .skip, option")) continue;
    const style = getComputedStyle(el), a = light(parse(style.color)), b = light(behind(el));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(style.fontSize), need = size >= 24 || size >= 18.66 && Number(style.fontWeight) >= 700 ? 3 : 4.5;
    const key = style.color + el.className;
    if (ratio < need && !told.has(key)) { told.add(key); say("contrast " + ratio.toFixed(2) + " under " + need, el); }
  }
  return faults;
})()
