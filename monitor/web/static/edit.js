// What forms gain where scripts run: a query is checked and tried while one
// types, a word is excluded without a new page, a file is read into a box.
// Without scripts every form works by its buttons.
"use strict";
(() => {
  for (const form of document.querySelectorAll("form[data-try]")) {
    const part = document.getElementById(form.dataset.part || "trial");
    const box = form.querySelector("[data-slash]");
    let wait = 0;
    let asking = null;

    function show(html, extra) {
      const fresh = new DOMParser().parseFromString(html, "text/html").body;
      const query = fresh.querySelector("[data-match]");
      if (extra && query) box.value = query.dataset.match;
      part.replaceChildren(...document.adoptNode(fresh).childNodes);
    }

    // ask shows what the server makes of the form now. The one before is called
    // off, so that the server never works on what nobody waits for.
    async function ask(extra) {
      clearTimeout(wait);
      if (asking) asking.abort();
      const mine = asking = new AbortController();
      const data = new URLSearchParams(new FormData(form));
      for (const [key, value] of Object.entries(extra || {})) data.set(key, value);
      part.setAttribute("aria-busy", "true");
      try {
        const get = form.method === "get";
        const answer = await fetch(form.dataset.try + (get ? "?" + data : ""), get ? { signal: mine.signal } : { method: "POST", body: data, signal: mine.signal });
        if (!answer.ok) throw new Error(answer.statusText);
        // How the query is read comes at once, what it finds when that is known.
        const text = answer.body.pipeThrough(new TextDecoderStream()).getReader();
        let html = "";
        for (let early = true, more = true; more; early = false) {
          const { done, value } = await text.read();
          html += value || "";
          more = !done;
          if (early || done) show(html, early && extra);
        }
      } catch (err) {
        if (err.name !== "AbortError") part.textContent = "newswatch does not answer; nothing was tried";
      } finally {
        if (asking === mine) {
          asking = null;
          part.removeAttribute("aria-busy");
        }
      }
    }

    if (part.querySelector("[data-untried]")) ask();
    form.addEventListener("input", (e) => {
      if (e.target.name === "name" || e.target.type === "file") return;
      clearTimeout(wait);
      wait = setTimeout(ask, 350);
    });
    form.addEventListener("submit", (e) => {
      const by = e.submitter;
      if (by && by.name === "exclude") { e.preventDefault(); ask({ exclude: by.value }); box.focus(); }
      if (by && by.name === "do" && by.value === "try") { e.preventDefault(); ask(); }
    });
    form.addEventListener("keydown", (e) => {
      if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) {
        const save = form.querySelector("button[value=save]");
        if (save) { e.preventDefault(); form.requestSubmit(save); }
      }
    });
  }

  for (const input of document.querySelectorAll("input[type=file][data-into]")) {
    input.closest(".scripted").classList.add("on");
    input.addEventListener("change", async () => {
      const box = document.getElementById(input.dataset.into);
      if (!input.files.length || !box) return;
      box.value = (await input.files[0].slice(0, 500000).text());
      box.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }

  for (const form of document.querySelectorAll("form[data-wait]")) {
    form.addEventListener("submit", () => {
      const say = document.getElementById("live");
      if (say) say.textContent = form.dataset.wait;
      form.setAttribute("aria-busy", "true");
    });
  }
})();
