// Keys and copying. Everything here is a short cut: each screen does without it.
"use strict";
(() => {
  const one = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const current = () => one("tr.event.here");
  let marked = null;

  const copiable = () => {
    if (!navigator.clipboard) return;
    for (const button of all("button[data-copy][hidden]")) button.hidden = false;
  };

  const go = (step) => {
    const rows = all("tr.event");
    if (!rows.length) return;
    const place = rows.indexOf(current());
    const row = rows[Math.min(Math.max(place + step, 0), rows.length - 1)];
    rows.forEach((each) => each.classList.toggle("here", each === row));
    row.querySelector("td.what a").focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };

  const mark = () => {
    const row = current();
    if (!row) return;
    if (marked && marked !== row.dataset.id) {
      const url = new URL(one("a.brand").href);
      url.pathname = url.pathname.replace(/\/$/, "") + "/compare";
      url.searchParams.set("a", marked);
      url.searchParams.set("b", row.dataset.id);
      location.assign(url);
      return;
    }
    marked = marked ? null : row.dataset.id;
    row.classList.toggle("marked", Boolean(marked));
  };

  const open = (...selectors) => {
    const details = selectors.map(one).find(Boolean);
    if (!details) return;
    details.open = !details.open;
    if (details.open) details.scrollIntoView({ block: "nearest" });
  };

  const focus = (selector) => {
    const field = one(selector);
    if (field) field.focus();
    if (field && field.select) field.select();
  };

  const closed = (target) => all("details.menu[open]").forEach((menu) => { menu.open = menu.contains(target); });

  const keys = {
    "/": () => focus("#filter"),
    j: () => go(1),
    k: () => go(-1),
    x: mark,
    t: () => focus("#range"),
    e: () => open("#panel:not([hidden]) .take", ".take"),
    l: () => one("#live")?.click(),
    "-": () => one("#wider")?.click(),
    "?": () => one("#help").showModal(),
    Escape: () => {
      current()?.classList.remove("here");
      closed(null);
    },
  };

  const between = () => {
    const details = one("details.between");
    if (!details) return;
    details.open = true;
    focus("details.between input[name=from]");
  };

  let before = "", when = 0; // the key of before, for those of two
  document.addEventListener("keydown", (event) => {
    const follows = before === "t" && event.key === "a" && event.timeStamp - when < 1500;
    [before, when] = [event.key, event.timeStamp];
    if (follows && event.target.matches("#range")) {
      event.preventDefault();
      between();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || one("dialog[open]")) return;
    if (event.target.matches("input, select, textarea")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-copy]");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Select it, and copy";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });

  document.addEventListener("click", (event) => closed(event.target));

  document.addEventListener("change", (event) => {
    if (event.target.closest("form.search") && event.target.matches("select, [type=checkbox]")) {
      event.target.form.requestSubmit();
    }
  });

  document.addEventListener("focusin", (event) => {
    const row = event.target.closest("tr.event");
    if (row) all("tr.event").forEach((each) => each.classList.toggle("here", each === row));
  });

  document.addEventListener("htmx:after:swap", copiable);
  copiable();
})();
