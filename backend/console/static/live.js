// Keeps the parts of a page that change fresh: hears that something changed, fetches the part, swaps it in.
// Everything works without this script; a reload then does the same.
"use strict";

// Results of visits that wait on this telephone (field.js) are not forgotten by logging out elsewhere: their page asks first.
// The page that is kept for opening it without a network (field-kept.js) goes.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form.leave") || document.getElementById("queue")) return;
  const kept = Object.keys(localStorage);
  if (!kept.some((name) => name.startsWith("visits.queue."))) {
    for (const name of kept) if (name.startsWith("visits.page.")) localStorage.removeItem(name);
    return;
  }
  event.preventDefault();
  location.href = "/console/visits/field";
});

(function () {
  const RETRY = 5000;
  const parts = Array.from(document.querySelectorAll("[data-live]"));
  const news = document.getElementById("news");
  if (!parts.length) return;

  let last = "";
  let busy = false;
  let again = false;
  let timer = 0;

  function say(words) {
    if (news) news.textContent = words;
  }

  // A form that saves by itself keeps what is not sent yet: it says so, and goes on once somebody has signed in again.
  function signedOut() {
    if (!document.querySelector("form[data-save]")) location.reload();
  }

  // What somebody is writing or has the focus in is not pulled away from under them.
  function inUse(part) {
    if (part.contains(document.activeElement) && document.activeElement.matches("input, select, textarea, button, summary")) {
      return true;
    }
    return Array.from(part.querySelectorAll("textarea, input[type=text]")).some((field) => field.value !== field.defaultValue);
  }

  async function refresh(part) {
    const answer = await fetch(part.dataset.live, { credentials: "same-origin", headers: { Accept: "text/html" } });
    if (answer.status === 401 || answer.redirected) {
      signedOut();
      return;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    const html = await answer.text();
    const plain = html.replace(/name="form" value="[^"]*"/g, "");
    if (part.dataset.shown === plain) return;
    if (inUse(part)) {
      again = true;
      return;
    }
    const first = part.dataset.shown === undefined;
    const open = Array.from(part.querySelectorAll("details[open][id]")).map((one) => one.id);
    const focused = part.contains(document.activeElement) ? document.activeElement.id || document.activeElement.getAttribute("href") : "";
    const scroller = part.querySelector("[data-keep-end]");
    const atEnd = scroller && scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 60;
    const before = part.textContent.replace(/\s+/g, " ");
    part.innerHTML = html;
    part.dataset.shown = plain;
    for (const id of open) {
      const one = document.getElementById(id);
      if (one) one.open = true;
    }
    if (focused) {
      const target = document.getElementById(focused) || part.querySelector('[href="' + CSS.escape(focused) + '"]');
      if (target) target.focus({ preventScroll: true });
    }
    if (atEnd) toEnd(part);
    const title = part.querySelector("[data-title]");
    if (title) document.title = title.dataset.title;
    if (!first && before !== part.textContent.replace(/\s+/g, " ") && part.id !== "alarm" && news) say(news.dataset.new);
    ring();
  }

  function toEnd(part) {
    const scroller = part.querySelector("[data-keep-end]");
    if (scroller) scroller.scrollTop = scroller.scrollHeight;
  }

  async function refreshAll() {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    again = false;
    try {
      for (const part of parts) await refresh(part);
    } catch (failed) {
      say(news ? news.dataset.stale : "");
      again = true;
    }
    busy = false;
    if (again) setTimeout(refreshAll, RETRY);
  }

  function changed(number) {
    if (number === last) return;
    last = number;
    refreshAll();
  }

  async function ask() {
    try {
      const answer = await fetch("/console/live/number", { credentials: "same-origin" });
      if (answer.status === 401) signedOut();
      else if (answer.ok) changed(await answer.text());
    } catch (failed) {
      say(news ? news.dataset.stale : "");
    }
  }

  function poll() {
    if (!timer) timer = setInterval(ask, RETRY);
  }

  function listen() {
    if (!window.EventSource) {
      poll();
      return;
    }
    const source = new EventSource("/console/live");
    let heard = false;
    source.addEventListener("changed", (event) => {
      heard = true;
      clearInterval(timer);
      timer = 0;
      changed(event.data);
    });
    source.addEventListener("ended", () => signedOut());
    source.addEventListener("error", () => poll());
    setTimeout(() => { if (!heard) poll(); }, RETRY);
  }

  // Danger is heard, too: three short tones, again every ten seconds while nobody has acknowledged a red one.
  let audio = null;
  function ring() {
    if (!document.querySelector('[data-alarm="red"]') || !window.AudioContext) return;
    audio = audio || new AudioContext();
    if (audio.state === "suspended") audio.resume();
    for (let n = 0; n < 3; n += 1) {
      const tone = audio.createOscillator();
      const loud = audio.createGain();
      loud.gain.value = 0.15;
      tone.frequency.value = 880;
      tone.connect(loud).connect(audio.destination);
      tone.start(audio.currentTime + n * 0.3);
      tone.stop(audio.currentTime + n * 0.3 + 0.15);
    }
  }
  setInterval(ring, 10000);

  // Due times and clocks move on even when nothing is written.
  setInterval(refreshAll, 60000);
  parts.forEach(toEnd);
  ring();
  listen();
})();
