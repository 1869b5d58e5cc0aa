// The booth's form: shows the questions that the answers open, saves what was touched every few seconds, keeps what could not
// be sent in the page and says so, and shows both values where two tabs changed the same. Nothing is kept in the browser.
"use strict";

(function () {
  const printer = document.getElementById("print");
  if (printer) {
    printer.hidden = false;
    printer.addEventListener("click", () => window.print());
  }
  const form = document.getElementById("booth");
  if (!form) return;

  const SOON = 2000;
  const AGAIN = [3000, 6000, 12000, 30000];
  const status = document.getElementById("saved");
  const panel = document.getElementById("differences");
  const questions = Array.from(form.querySelectorAll(".q[data-key]"));
  const seen = new Map(); // key -> the version of it that this page shows, where that is later than the page's own
  const touched = new Map(); // key -> how often it was touched: a touch while a save is under way is not lost
  let timer = 0;
  let sending = false;
  let failures = 0;
  let leaving = false;

  function fields(key) {
    return Array.from(form.elements).filter((one) => one.name === "a." + key || one.name === "n." + key);
  }

  // What stands at a question, as the server keeps it.
  function value(key) {
    let ticked = [];
    let text = "";
    let way = "";
    let several = false;
    for (const one of fields(key)) {
      if (one.type === "radio") {
        if (!one.checked) continue;
        if (one.name[0] === "n") way = one.value;
        else text = one.value;
      } else if (one.type === "checkbox") {
        several = true;
        if (one.checked) ticked.push(one.value);
      } else text = one.value.trim();
    }
    if (way) return way;
    return several ? ticked : text;
  }

  function put(key, wanted) {
    const way = typeof wanted === "string" && /^-(unknown|deferred|declined)$/.test(wanted) ? wanted : "";
    for (const one of fields(key)) {
      if (one.type === "radio") one.checked = one.name[0] === "n" ? one.value === way : one.value === wanted;
      else if (one.type === "checkbox") one.checked = Array.isArray(wanted) && wanted.includes(one.value);
      else one.value = way || Array.isArray(wanted) ? "" : wanted;
    }
  }

  // --- which questions apply ------------------------------------------------------------------------------------

  const KANJI = /[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff々〆ヶ]/;

  function given(name, scope) {
    const own = scope && questions.some((one) => one.dataset.key === scope + "." + name) ? scope + "." + name : name;
    const now = value(own);
    const question = questions.find((one) => one.dataset.key === own);
    if (!question || question.hidden || now === "" || now.length === 0) return null;
    return typeof now === "string" && /^-(unknown|deferred|declined)$/.test(now) ? null : now;
  }

  function holds(when, scope) {
    const [kind, name, values] = when;
    switch (kind) {
      case "is": {
        const now = given(name, scope);
        return now !== null && (Array.isArray(now) ? now : [now]).some((one) => values.includes(one));
      }
      case "given":
        return given(name, scope) !== null;
      case "kanji":
        return KANJI.test(given(name, scope) || "");
      case "not":
        return !holds(name, scope);
      case "all":
        return when.slice(1).every((one) => holds(one, scope));
      case "any":
        return when.slice(1).some((one) => holds(one, scope));
      default:
        return true;
    }
  }

  function show() {
    for (const question of questions) {
      if (!question.dataset.when) continue;
      const scope = question.dataset.key.includes(".") ? question.dataset.key.replace(/\.[^.]*$/, "") : "";
      question.hidden = !holds(JSON.parse(question.dataset.when), scope);
    }
  }

  // --- saving ---------------------------------------------------------------------------------------------------

  function say(words, unsent) {
    status.textContent = words;
    status.classList.toggle("unsent", unsent);
  }

  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  }

  async function save() {
    if (sending || !touched.size || leaving) return;
    sending = true;
    const under = new Map(touched);
    const sent = new FormData();
    for (const name of ["csrf", "back", "version", "keys"]) sent.append(name, form.elements[name].value);
    sent.append("form", crypto.randomUUID ? crypto.randomUUID() : String(Date.now()) + Math.random().toString(36).slice(2));
    for (const key of under.keys()) {
      sent.append("touched", key);
      if (seen.has(key)) sent.append("seen." + key, seen.get(key));
      for (const one of fields(key)) {
        if ((one.type === "radio" || one.type === "checkbox") && !one.checked) continue;
        sent.append(one.name, one.value);
      }
    }
    say(form.dataset.saving, false);
    try {
      const answer = await fetch(form.dataset.save, { method: "POST", body: sent, credentials: "same-origin", headers: { Accept: "application/json" } });
      await heard(answer, under);
    } catch (failed) {
      unsent(form.dataset.unsent);
    }
    sending = false;
    if (touched.size && !failures && panel.hidden) later(SOON);
  }

  async function heard(answer, under) {
    if (answer.status === 200 && !answer.redirected) {
      const told = await answer.json();
      failures = 0;
      // The page's own version stays: what others changed in fields that were not touched here has not been seen here.
      for (const [key, times] of under) {
        seen.set(key, told.version);
        if (touched.get(key) === times) touched.delete(key);
      }
      say(form.dataset.saved + " " + told.at, false);
    } else if (answer.status === 409) {
      differ(await answer.json());
    } else if (answer.status === 410) {
      leaving = true;
      location.href = (await answer.json()).to;
    } else if (answer.redirected || answer.status === 401 || answer.status === 403) {
      unsent(form.dataset.signedOut);
      await sign();
    } else if (answer.status === 404) {
      say(form.dataset.gone, true);
    } else {
      unsent(form.dataset.unsent);
    }
  }

  function unsent(words) {
    say(words.replace("{n}", String(touched.size)), true);
    later(AGAIN[Math.min(failures, AGAIN.length - 1)]);
    failures += 1;
  }

  // Signed in again in another tab: this form goes on with the new session's token, and nothing is typed twice.
  async function sign() {
    try {
      const page = await fetch(location.pathname, { credentials: "same-origin" });
      if (!page.ok || page.redirected) return;
      const fresh = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("#booth input[name=csrf]");
      if (!fresh || fresh.value === form.elements.csrf.value) return;
      for (const one of document.querySelectorAll("input[name=csrf]")) one.value = fresh.value;
      later(0); // signed in again: nothing to wait for
    } catch (failed) {
      return;
    }
  }

  // --- two tabs ---------------------------------------------------------------------------------------------------

  function differ(told) {
    panel.replaceChildren();
    const title = document.createElement("h2");
    title.textContent = form.dataset.clash;
    panel.append(title);
    const left = new Set(told.fields.map((one) => one.key));
    for (const one of told.fields) {
      const label = document.createElement("p");
      const strong = document.createElement("strong");
      strong.textContent = one.label;
      label.append(strong);
      const pair = document.createElement("div");
      pair.className = "pair";
      const choose = (mine, words) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "button outline";
        button.textContent = (mine ? form.dataset.mine : form.dataset.theirs) + " " + (words || form.dataset.empty);
        button.addEventListener("click", () => {
          if (!mine) {
            put(one.key, one.value);
            touched.delete(one.key);
          }
          seen.set(one.key, told.version);
          label.remove();
          pair.remove();
          left.delete(one.key);
          show();
          if (left.size) return;
          panel.hidden = true;
          if (touched.size) later(0);
          else say(form.dataset.saved, false);
        });
        return button;
      };
      pair.append(choose(true, one.mine), choose(false, one.theirs));
      panel.append(label, pair);
    }
    panel.hidden = false;
    panel.focus();
    say(form.dataset.clash, true);
  }

  // --- what somebody does -----------------------------------------------------------------------------------------

  function touch(event) {
    const question = event.target.closest(".q[data-key]");
    if (!question) return;
    const key = question.dataset.key;
    // A way of not answering takes ticks and words away, and the other way round.
    if (event.target.name === "n." + key && event.target.value) {
      for (const one of fields(key)) {
        if (one.name[0] !== "a") continue;
        if (one.type === "checkbox") one.checked = false;
        else if (one.type !== "radio") one.value = "";
      }
    } else if (event.target.name === "a." + key) {
      for (const one of fields(key)) if (one.name[0] === "n") one.checked = one.value === "";
    }
    touched.set(key, (touched.get(key) || 0) + 1);
    show();
    if (panel.hidden) later(failures ? AGAIN[0] : SOON);
  }

  form.addEventListener("input", touch);
  form.addEventListener("focusout", () => {
    if (touched.size && !failures && panel.hidden) later(0);
  });
  form.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(timer);
    // In one field: a large household would otherwise have more of them than a form may carry.
    const hidden = document.createElement("input");
    hidden.type = "hidden";
    hidden.name = "seen";
    hidden.value = Array.from(seen, ([key, version]) => key + ":" + version).join(",");
    form.append(hidden);
  });
  window.addEventListener("online", () => later(0));
  window.addEventListener("focus", () => later(0)); // back from signing in in another tab
  window.addEventListener("beforeunload", (event) => {
    if (touched.size && !leaving) event.preventDefault();
  });
  show();
})();
