// Drag over the bars to look closer, and click twice to look wider. Each bar is a link that does without this.
"use strict";
(() => {
  const TWICE = 250; // milliseconds in which a second click belongs to the first
  const svg = document.querySelector(".histogram svg");
  if (!svg) return;
  const bars = [...svg.querySelectorAll("a")];
  const href = (bar) => new URL(bar.getAttribute("href"), location.href);
  let from = null, to = null, drawn = false, waiting = 0;

  const at = (event) => {
    const box = svg.getBoundingClientRect();
    const place = Math.floor(((event.clientX - box.left) / box.width) * bars.length);
    return Math.min(Math.max(place, 0), bars.length - 1);
  };

  const paint = () => {
    const [first, last] = from < to ? [from, to] : [to, from];
    bars.forEach((bar, place) => bar.classList.toggle("picked", from !== null && place >= first && place <= last));
    return [bars[first], bars[last]];
  };

  const stop = () => {
    from = to = null;
    paint();
  };

  svg.addEventListener("pointerdown", (event) => {
    drawn = false;
    if (event.button === 0 && event.isPrimary && !event.ctrlKey && !event.metaKey && !event.shiftKey) from = at(event);
  });
  window.addEventListener("pointermove", (event) => {
    if (from === null || (to === null && at(event) === from)) return;
    to = at(event);
    drawn = true;
    paint();
  });
  window.addEventListener("pointerup", () => {
    if (from === null || to === null) return stop();
    const [first, last] = paint();
    const url = href(first);
    url.searchParams.set("to", href(last).searchParams.get("to"));
    from = to = null;
    location.assign(url);
  });
  window.addEventListener("pointercancel", stop);
  window.addEventListener("keydown", (event) => event.key === "Escape" && stop());
  svg.addEventListener("dragstart", (event) => event.preventDefault());

  svg.addEventListener("click", (event) => {
    const bar = event.target.closest("a");
    const isPlain = event.detail && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if ((drawn && event.detail) || (bar && isPlain)) event.preventDefault();
    clearTimeout(waiting);
    if (bar && isPlain && !drawn && event.detail === 1) waiting = setTimeout(() => location.assign(href(bar)), TWICE);
  });
  svg.addEventListener("dblclick", () => document.querySelector("#wider")?.click());
})();
