// A list that goes on by itself: asks every few seconds for what came since, and shows it above the rest.
"use strict";
(() => {
  const EVERY = 3000, SLOWEST = 60000, MOST = 1000; // milliseconds; rows, after which the list begins anew
  const button = document.querySelector("#live[data-on]");
  const rows = document.querySelector("#rows"), more = document.querySelector("#more");
  if (!button || !rows || !more) return;
  const waiting = new Map();
  const id = (row) => row.dataset.id;
  const moment = (row) => Date.parse(row.querySelector("time").dateTime) || 0;
  const events = () => [...rows.querySelectorAll("tr.event")];
  const atTop = () => window.scrollY < 40 && !document.querySelector("#panel:not([hidden])");
  let paused = false, pause = EVERY, timer = 0, asking = false;

  const say = (text, title) => {
    button.textContent = text;
    button.title = title;
    button.classList.toggle("on", text === "Live");
    button.setAttribute("aria-pressed", String(text === "Live"));
  };

  const heading = (day) => {
    const row = document.createElement("tr"), cell = document.createElement("th");
    row.className = "day";
    Object.assign(cell, { colSpan: 5, scope: "rowgroup", textContent: day || "No time" });
    row.append(cell);
    return row;
  };

  const tidy = () => {
    rows.querySelectorAll("tr.day").forEach((row) => row.remove());
    let before = null;
    for (const row of events()) {
      const day = row.querySelector("time").dateTime.slice(0, 10);
      if (day !== before) row.before(heading(day));
      before = day;
    }
  };

  const show = () => {
    const there = events();
    if (there.length + waiting.size > MOST) return location.reload();
    for (const row of waiting.values()) {
      const next = there.find((each) => moment(each) <= moment(row));
      rows.insertBefore(row, next ?? null);
      there.splice(next ? there.indexOf(next) : there.length, 0, row);
    }
    if (waiting.size) {
      document.querySelectorAll(".list > .empty").forEach((each) => each.remove());
      tidy();
    }
    waiting.clear();
    more.hidden = true;
  };

  const take = (fresh) => {
    const known = new Set(events().map(id));
    for (const row of fresh.querySelectorAll("tr.event")) {
      if (!known.has(id(row)) && !waiting.has(id(row))) waiting.set(id(row), row);
    }
    fresh.replaceChildren();
    if (atTop()) return show();
    more.hidden = !waiting.size;
    more.textContent = `${waiting.size} new ↑`;
  };

  const ask = async () => {
    clearTimeout(timer);
    if (paused || asking || document.hidden) return;
    asking = true;
    const before = document.querySelector("#fresh");
    before.addEventListener("htmx:before:response", (event) => {
      if (event.detail.ctx.response.status >= 400) event.preventDefault(); // an error has no rows
    });
    await htmx.ajax("GET", before.dataset.next, { source: before, target: before, select: "#fresh", swap: "outerHTML" });
    asking = false;
    const fresh = document.querySelector("#fresh");
    if (fresh !== before) take(fresh);
    pause = fresh === before ? Math.min(pause * 2, SLOWEST) : EVERY;
    if (!paused) say(...(fresh === before ? ["Paused", "The server does not answer; it is asked again"] : ["Live", "Pause"]));
    timer = setTimeout(ask, pause);
  };

  const toggle = () => {
    paused = !paused;
    const url = new URL(location.href);
    if (paused) url.searchParams.delete("live");
    else url.searchParams.set("live", "1");
    history.replaceState(history.state, "", url);
    if (paused) {
      clearTimeout(timer);
      say("Paused", "Go on");
    } else {
      say("Live", "Pause");
      ask();
    }
  };

  button.setAttribute("role", "button");
  button.addEventListener("click", (event) => {
    event.preventDefault();
    toggle();
  });
  button.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    toggle();
  });
  more.addEventListener("click", () => {
    window.scrollTo({ top: 0 });
    show();
  });
  window.addEventListener("scroll", () => waiting.size && atTop() && show(), { passive: true });
  document.addEventListener("visibilitychange", ask);
  say("Live", "Pause");
  ask();
})();
