// Keys for those who work through lists all day: j k move, o opens, a assigns, r replies, n notes, / searches, ? helps.
// Never while somebody writes; switched off in the help panel (WCAG 2.1.4). Everything works without it.
"use strict";

(function () {
  const OFF = "tsunagi-keys-off";
  const panel = document.getElementById("keys");
  const button = document.getElementById("keys-show");
  const off = document.getElementById("keys-off");
  let picked = -1;

  function isOff() {
    try {
      return localStorage.getItem(OFF) === "1";
    } catch (refused) {
      return false;
    }
  }

  function entries() {
    return Array.from(document.querySelectorAll("[data-entry]"));
  }

  function pick(step) {
    const all = entries();
    if (!all.length) return;
    const now = all.findIndex((one) => one.classList.contains("picked"));
    picked = Math.max(0, Math.min(all.length - 1, (now < 0 ? (step > 0 ? -1 : all.length) : now) + step));
    all.forEach((one, place) => one.classList.toggle("picked", place === picked));
    const link = all[picked].querySelector("[data-open]");
    if (link) link.focus();
    all[picked].scrollIntoView({ block: "nearest" });
  }

  function chosen() {
    return document.querySelector("[data-entry].picked");
  }

  function open() {
    const link = chosen() && chosen().querySelector("[data-open]");
    if (link) location.assign(link.href);
  }

  function reach(ids) {
    for (const id of ids) {
      const found = document.getElementById(id);
      if (!found) continue;
      const closed = found.closest("details:not([open])");
      if (closed) closed.open = true;
      found.focus();
      return true;
    }
    return false;
  }

  function assign() {
    const entry = chosen();
    const claim = entry && entry.querySelector("form[action$='/claim']");
    if (claim) claim.requestSubmit();
    else reach(["assign-to"]);
  }

  // The reply itself, or the button that takes the conversation over; in a list, the case.
  function reply() {
    const hold = document.getElementById("hold");
    const field = hold && hold.querySelector("textarea, form[action$='/hold'] button");
    if (field) field.focus();
    else open();
  }

  function search() {
    const field = document.querySelector("input[type=search]");
    if (field) field.focus();
    else location.assign("/console/search");
  }

  function note() {
    const link = document.querySelector("a[href$='/notes']");
    if (link && !reach(["f-text"])) location.assign(link.href);
  }

  const KEYS = {
    j: () => pick(1),
    k: () => pick(-1),
    o: open,
    a: assign,
    r: reply,
    n: note,
    "/": search,
    "?": () => panel && panel.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isOff()) return;
    if (event.target.closest("input, select, textarea, [contenteditable], dialog")) return;
    const act = KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  if (panel && button && off) {
    button.parentElement.hidden = false;
    button.addEventListener("click", () => panel.showModal());
    off.checked = isOff();
    off.addEventListener("change", () => {
      try {
        localStorage.setItem(OFF, off.checked ? "1" : "0");
      } catch (refused) {
        off.checked = false;
      }
    });
  }
})();
