// What a page gains where scripts run: it refreshes itself, filters while one
// types, and "/" leads to its box. Without scripts everything still works.
"use strict";
(() => {
  const events = new URL("../api/v1/events", document.currentScript.src); // wherever a proxy shows the page
  const status = document.getElementById("live");
  const say = (text) => { if (status) status.textContent = text; };

  // load replaces part of the page by what the server says now. Open details
  // stay open; whoever is typing is left alone.
  let loading = null;
  async function load(address, selector, quietly) {
    if (loading) loading.abort();
    const mine = loading = new AbortController();
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" }, signal: mine.signal });
      if (!answer.ok) throw new Error(answer.statusText);
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(selector);
      const here = document.querySelector(selector);
      if (!fresh || !here || fresh.innerHTML === here.innerHTML) return;
      const open = new Set([...here.querySelectorAll("details[open][data-key]")].map((d) => d.dataset.key));
      for (const d of fresh.querySelectorAll("details[data-key]")) if (open.has(d.dataset.key)) d.open = true;
      here.replaceChildren(...document.adoptNode(fresh).childNodes);
      if (!quietly) say("");
    } catch (err) {
      if (err.name !== "AbortError") say("newswatch does not answer; what is shown may be old");
    } finally {
      if (loading === mine) loading = null;
    }
  }

  const busy = () => {
    const at = document.activeElement;
    const chosen = window.getSelection();
    return document.hidden || (at && at.closest("main form, main summary, main a")) || (chosen && !chosen.isCollapsed);
  };
  let stale = false;
  const refresh = () => {
    if (busy()) { stale = true; return; }
    stale = false;
    load(location.href, document.querySelector("#list") ? "#list" : "main");
  };

  if (document.body.hasAttribute("data-live")) {
    let state = "";
    let timer = 0;
    const listen = () => {
      const source = new EventSource(events);
      source.addEventListener("state", (e) => {
        if (state && state !== e.data) refresh();
        state = e.data;
        say("");
      });
      // The browser tries again by itself, unless it was refused.
      source.addEventListener("error", () => {
        if (source.readyState === EventSource.CLOSED) { clearInterval(timer); timer = setInterval(refresh, 60000); }
      });
      addEventListener("pagehide", () => source.close());
    };
    if (document.readyState === "complete") listen(); else addEventListener("load", listen);
    addEventListener("pageshow", (e) => { if (e.persisted) location.reload(); });
    for (const kind of ["focusout", "visibilitychange"]) document.addEventListener(kind, () => setTimeout(() => { if (stale) refresh(); }, 300));
    timer = setInterval(refresh, 120000); // so that "4 min ago" stays true
  }

  for (const form of document.querySelectorAll("form[data-filter]")) {
    let wait = 0;
    const go = () => {
      const address = form.action.split("?")[0] + "?" + new URLSearchParams(new FormData(form));
      history.replaceState(null, "", address);
      load(address, "#list", true);
    };
    form.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(go, 200); });
    form.addEventListener("submit", (e) => { e.preventDefault(); clearTimeout(wait); go(); });
  }

  for (const box of document.querySelectorAll("textarea[data-submit]")) {
    box.addEventListener("keydown", (e) => {
      if (e.key === "Enter" && !e.shiftKey && !e.isComposing) { e.preventDefault(); box.form.requestSubmit(); }
    });
  }

  document.addEventListener("keydown", (e) => {
    if (e.key !== "/" || e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input, textarea, select")) return;
    const box = document.querySelector("[data-slash], #what");
    if (box) { e.preventDefault(); box.focus(); }
  });
})();
