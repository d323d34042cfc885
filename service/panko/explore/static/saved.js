// Questions that somebody keeps: in this browser alone, since they are links and nothing else.
"use strict";
(() => {
  const MOST = 50;
  const list = document.querySelector("#saved"), form = document.querySelector("#save");
  if (!list || !form) return;
  const key = `panko-queries ${list.dataset.user}`;

  const read = () => {
    try {
      const found = JSON.parse(localStorage.getItem(key));
      return Array.isArray(found) ? found.filter((each) => typeof each?.name === "string" && typeof each.query === "string") : [];
    } catch {
      return [];
    }
  };

  const write = (kept) => {
    try {
      localStorage.setItem(key, JSON.stringify(kept.slice(0, MOST)));
    } catch { /* the browser keeps nothing: then nothing is kept */ }
    draw();
  };

  const entry = (each) => {
    const row = document.createElement("li"), link = document.createElement("a"), away = document.createElement("button");
    link.href = `${list.dataset.root}?${new URLSearchParams(each.query)}`;
    link.textContent = each.name;
    Object.assign(away, { type: "button", className: "quiet", textContent: "×", title: "Forget it" });
    away.setAttribute("aria-label", `Forget ${each.name}`);
    away.addEventListener("click", () => write(read().filter((other) => other.name !== each.name)));
    row.append(link, away);
    return row;
  };

  const draw = () => {
    list.replaceChildren(...read().map(entry));
    list.hidden = !list.children.length;
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const query = new URLSearchParams(location.search), name = form.elements.title.value.trim();
    if (!name) return;
    for (const own of ["cursor", "event", "live"]) query.delete(own);
    write([...read().filter((each) => each.name !== name), { name, query: String(query) }]);
    form.reset();
  });

  form.hidden = false;
  draw();
})();
