// An event beside the list: the same part that its own screen has. Which one is open stands in the URL.
"use strict";
(() => {
  const panel = document.querySelector("#panel"), opened = document.querySelector("#opened");
  if (!panel || !opened) return;
  const QUIET = 150; // milliseconds between a row and its event, for who goes through many
  const rows = () => [...document.querySelectorAll("tr.event")];
  const row = (id) => rows().find((each) => each.dataset.id === id);
  const here = () => new URL(location.href);
  const isPlain = (event) => !event.button && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  let timer = 0, wanted = here().searchParams.get("event");

  const address = (id) => {
    const everybody = here().searchParams.get("all_projects") === "true" ? "?all_projects=true" : "";
    return `${panel.dataset.events}${encodeURIComponent(id)}${everybody}`;
  };

  const mark = (id) => rows().forEach((each) => each.classList.toggle("open", each.dataset.id === id));

  const refuse = (event) => {
    if (event.detail.ctx.response.status < 400) return;
    event.preventDefault();
    opened.textContent = "This event cannot be shown now. It may have been removed; open its own page to see why.";
  };
  opened.addEventListener("htmx:before:response", refuse);

  const show = async (id, takesFocus) => {
    clearTimeout(timer); // what was to come next, before somebody asked for another one
    wanted = id;
    mark(id);
    panel.hidden = false;
    document.querySelector("#whole").href = address(id);
    const slow = setTimeout(() => { opened.textContent = "Loading …"; }, 200);
    await htmx.ajax("GET", address(id), { source: opened, target: opened, select: "#event" });
    clearTimeout(slow);
    if (wanted !== id) return;
    panel.scrollTop = 0;
    if (takesFocus) panel.focus();
  };

  const hide = () => {
    const before = row(wanted);
    wanted = null;
    panel.hidden = true;
    opened.replaceChildren();
    mark(null);
    before?.querySelector("td.what a").focus({ preventScroll: true });
  };

  const go = (id, write) => {
    const url = here();
    if (id) url.searchParams.set("event", id);
    else url.searchParams.delete("event");
    history[write](null, "", url);
  };

  const open = (id) => {
    if (id === wanted && !panel.hidden) return panel.focus();
    go(id, "pushState");
    show(id, true);
  };

  const close = () => {
    if (panel.hidden) return;
    clearTimeout(timer);
    go(null, "pushState");
    hide();
  };

  document.addEventListener("click", (event) => {
    const found = event.target.closest("tr.event"), link = event.target.closest("a, button");
    if (!found || event.defaultPrevented || !isPlain(event) || (link && !link.closest("td.what"))) return;
    if (!link && String(getSelection())) return; // who selects a text does not open what it is of
    event.preventDefault();
    open(found.dataset.id);
  });

  document.addEventListener("focusin", (event) => {
    const id = event.target.closest("tr.event")?.dataset.id;
    if (!id || panel.hidden || id === wanted) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (panel.hidden) return;
      go(id, "replaceState");
      show(id, false);
    }, QUIET);
  });

  document.querySelector("#close").addEventListener("click", (event) => {
    if (!isPlain(event)) return;
    event.preventDefault();
    close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector("dialog[open]") && !event.target.matches("input, select")) close();
  });
  window.addEventListener("popstate", () => {
    const id = here().searchParams.get("event");
    if (id) show(id, true);
    else if (!panel.hidden) hide();
  });
  mark(wanted);
})();
