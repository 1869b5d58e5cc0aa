// Makes the plain page livelier: posts without leaving it, learns of replies, keeps focus and place.
// Everything works without this file. Nothing is stored in the browser.
(() => {
  "use strict";

  const exit = document.querySelector("[data-exit]");
  if (exit) {
    exit.addEventListener("click", (event) => {
      event.preventDefault();
      location.replace(exit.href); // "back" must not lead here again (UX-09)
    });
  }

  const main = document.querySelector("main[data-base]");
  if (!main) return;
  const base = main.dataset.base;
  const flash = document.getElementById("flash");
  const lang = () => document.documentElement.lang + document.documentElement.dataset.register;
  history.scrollRestoration = "manual";
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let busy = false;
  let asked = 0; // what was asked last: the answer to an earlier look may come late, and shows what is over
  let told = ""; // the state that the stream named last

  const say = (words, wrong) => {
    flash.textContent = words;
    flash.classList.toggle("wrong", Boolean(wrong));
    flash.setAttribute("role", wrong ? "alert" : "status");
  };

  const parse = (html) => new DOMParser().parseFromString(html, "text/html");

  // What the open question looks like, apart from the number of the copy: ticks must survive an update.
  const faceOf = (answer) => answer.innerHTML.replace(/name="form" value="\w+"/g, "");
  let shown = faceOf(document.getElementById("answer"));

  const toNow = () => {
    const now = document.querySelector("#log [data-now]") || document.getElementById("answer");
    if (!now) return;
    const answer = document.getElementById("answer");
    const bottom = document.querySelector(".bottom").offsetHeight;
    const top = document.querySelector(".top").offsetHeight;
    const tall = answer.getBoundingClientRect().bottom - now.getBoundingClientRect().top > innerHeight - bottom - top;
    const behavior = calm ? "auto" : "smooth";
    if (tall) now.scrollIntoView({ block: "start", behavior });
    else scrollTo({ top: document.documentElement.scrollHeight, behavior });
  };

  // A long name makes the header higher, larger text both bars.
  const room = () => {
    const fixed = getComputedStyle(document.querySelector(".top")).position === "sticky";
    const high = (what) => (fixed ? document.querySelector(what).offsetHeight + 12 : 8);
    document.documentElement.style.scrollPadding = `${high(".top")}px 0 ${high(".bottom")}px`;
  };
  addEventListener("resize", room);
  room();

  const nearEnd = () => document.documentElement.scrollHeight - scrollY - innerHeight < 240;

  // Takes over what the other copy of the page shows. Only new bubbles are added, so that a screen reader hears
  // those and not the whole log again.
  const take = (page) => {
    const fresh = page.querySelector("main[data-base]");
    if (!fresh || page.documentElement.lang + page.documentElement.dataset.register !== lang()) {
      location.replace(base + "#now");
      location.reload();
      return false;
    }
    const list = document.querySelector("#log ol");
    const there = new Set();
    for (const item of page.querySelectorAll("#log ol > li")) {
      there.add(item.id);
      const old = document.getElementById(item.id);
      if (!old) list.append(document.importNode(item, true));
      else if (old.className !== item.className) old.replaceWith(document.importNode(item, true));
      else old.toggleAttribute("data-now", item.hasAttribute("data-now"));
    }
    for (const item of [...list.children]) if (!there.has(item.id)) item.remove();
    for (const anchor of list.querySelectorAll("li:not([data-now]) > .anchor")) anchor.remove();
    main.dataset.state = fresh.dataset.state;

    const answer = document.getElementById("answer");
    const next = page.getElementById("answer");
    if (faceOf(next) !== shown) {
      shown = faceOf(next);
      const had = answer.contains(document.activeElement);
      const put = document.importNode(next, true);
      answer.replaceWith(put);
      if (had) put.focus({ preventScroll: true });
    }
    const typed = document.getElementById("text");
    const words = typed ? typed.value : "";
    const writing = typed && document.activeElement === typed;
    const composer = document.getElementById("composer");
    const other = page.getElementById("composer");
    if (composer && !other) document.querySelector(".bottom").replaceChildren();
    else if (composer && other && composer.dataset.wants !== other.dataset.wants && !writing) {
      composer.replaceWith(document.importNode(other, true));
      document.getElementById("text").value = words;
    }
    const status = page.getElementById("who");
    if (status) document.getElementById("who").replaceChildren(...document.importNode(status, true).childNodes);
    // Each press is a new event; the same number twice would count as one.
    const number = page.querySelector("input[name=form]");
    if (number) for (const field of document.querySelectorAll("input[name=form]")) field.value = number.value;
    return true;
  };

  const look = async () => {
    const mine = ++asked;
    const answer = await fetch(base, { credentials: "same-origin", cache: "no-store" });
    if (!answer.ok) return;
    const page = parse(await answer.text());
    if (mine !== asked) return;
    const wasNear = nearEnd();
    const before = document.querySelectorAll("#log ol > li").length;
    if (!take(page)) return;
    if (document.querySelectorAll("#log ol > li").length === before) return;
    if (wasNear) toNow();
    else say(main.dataset.newer);
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("form[data-talk]")) return;
    event.preventDefault();
    if (busy) return;
    const data = new FormData(form);
    if (event.submitter && event.submitter.name) data.append(event.submitter.name, event.submitter.value);
    const typed = form.querySelector("[name=text]");
    const file = form.querySelector("[type=file]");
    if (typed && !typed.value.trim() && !(file && file.files.length)) {
      typed.focus();
      return;
    }
    const sent = typed ? typed.value : "";
    busy = true;
    asked += 1;
    document.body.classList.add("sending");
    say(main.dataset.sending);
    try {
      const answer = await fetch(form.action, { method: "POST", body: data, credentials: "same-origin" });
      const page = parse(await answer.text());
      asked += 1;
      if (!answer.ok) {
        const note = page.querySelector("[data-note]");
        say(note ? note.textContent : main.dataset.offline, true);
        return;
      }
      say("");
      if (typed) {
        const more = typed.value !== sent; // begun while the answer was under way
        if (!more) typed.value = "";
        if (file) file.value = "";
        const attach = form.querySelector("details");
        if (attach) attach.open = false;
        if (!more && document.activeElement === typed) typed.blur();
      }
      if (!take(page)) return;
      if (!(typed && document.activeElement === typed)) document.getElementById("answer").focus({ preventScroll: true });
      toNow();
    } catch {
      say(main.dataset.offline, true);
    } finally {
      busy = false;
      document.body.classList.remove("sending");
      changed(told); // what came in while this was under way
    }
  });

  // Replies that come by themselves: a number arrives, the page looks. Without a stream it asks now and then.
  const changed = (state) => {
    told = state;
    if (state && state !== main.dataset.state && !busy) look().catch(() => {});
  };
  let polling = 0;
  const poll = () => {
    if (!polling) polling = setInterval(() => document.hidden || busy || look().catch(() => {}), 8000);
  };
  if ("EventSource" in window) {
    const stream = new EventSource(base + "/live");
    stream.addEventListener("changed", (event) => changed(event.data));
    stream.addEventListener("error", () => stream.readyState === EventSource.CLOSED && poll());
  } else poll();

  if (document.querySelector("[data-waiting]")) setTimeout(() => look().catch(() => {}), 1500);
  toNow();
})();
