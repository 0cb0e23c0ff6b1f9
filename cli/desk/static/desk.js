// Comfort alone: everything works without this file.
"use strict";
(() => {
  const body = document.body;
  const told = document.getElementById("refused") || document.getElementById("done");
  if (told) told.focus();

  // A form is sent once; coming back by Back it may be sent again, under the same id.
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    setTimeout(() => event.target.querySelectorAll("button").forEach((each) => { each.disabled = true; }), 0);
  });
  addEventListener("pageshow", () => document.querySelectorAll("button").forEach((each) => { each.disabled = false; }));

  // The ledger has moved on: said, never done by itself.
  const moved = document.getElementById("moved");
  const look = async () => {
    try {
      const answer = await fetch("/head", { cache: "no-store" });
      if (answer.status === 403) { location.reload(); return; }
      if (answer.ok && (await answer.text()) !== body.dataset.events) moved.hidden = false;
    } catch { /* the desk has ended */ }
  };
  setInterval(look, 15000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });

  // The running clock: how long until the next hour opens.
  const clock = document.getElementById("clock");
  if (clock) {
    const skew = Date.now() - Date.parse(clock.dataset.now);
    const show = () => {
      const left = Math.round((Date.parse(clock.dataset.opens) - (Date.now() - skew)) / 1000);
      if (left < 0) { location.reload(); return; }
      clock.textContent = ` ${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    };
    show();
    setInterval(show, 1000);
  }

  // Keys: g and the letter of a place, / for a session's number, . for the primary button, r to look again.
  let isGo = false;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input, select, textarea")) return;
    if (isGo) {
      isGo = false;
      const place = document.querySelector(`nav a[data-key="${CSS.escape(event.key)}"]`);
      if (event.key === "z") document.querySelector(".lock button").click();
      if (place) place.click();
      return;
    }
    const primary = [...document.querySelectorAll("button.primary, button.grave, details.primary > summary, .go.primary")]
      .find((each) => each.checkVisibility()); // a button in a folded form is not seen
    switch (event.key) {
      case "g": isGo = true; break;
      case "/": document.getElementById("find").focus(); event.preventDefault(); break;
      case ".": if (primary) primary.focus(); break;
      case "r": location.reload(); break;
    }
  });
})();
