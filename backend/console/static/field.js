// The page for the field: where the worker switched it on, results that could not be sent wait on this telephone, encrypted
// (AES-GCM). The key comes from the server with the page, is imported as one that cannot be read out again and is kept in
// memory alone. What waits is sent when there is a connection, and deleted then and on logout. Each entry carries a key of its
// own: sent twice, it is one result. Without this script the forms work as forms.
"use strict";

(function () {
  const panel = document.getElementById("queue");
  if (!panel || !window.crypto || !crypto.subtle || !window.localStorage) return;

  const account = panel.dataset.account;
  const ON = "visits.keep." + account;
  const QUEUE = "visits.queue." + account;
  const AGAIN = 20000;
  const keep = document.getElementById("keep");
  const says = document.getElementById("queue-says");
  const beside = document.getElementById("queue-beside");
  const now = document.getElementById("send-now");
  const forms = Array.from(document.querySelectorAll("form.told"));
  let sending = false;

  const bytes = (hex) => new Uint8Array(hex.match(/../g).map((pair) => parseInt(pair, 16)));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
  const back = (words) => Uint8Array.from(atob(words), (one) => one.charCodeAt(0));
  const key = crypto.subtle.importKey("raw", bytes(panel.dataset.key), "AES-GCM", false, ["encrypt", "decrypt"]);
  panel.removeAttribute("data-key");

  // --- what waits -------------------------------------------------------------------------------------------------

  function waiting() {
    try {
      return JSON.parse(localStorage.getItem(QUEUE) || "[]");
    } catch (broken) {
      return [];
    }
  }

  function write(entries) {
    if (entries.length) localStorage.setItem(QUEUE, JSON.stringify(entries));
    else localStorage.removeItem(QUEUE);
  }

  async function put(entry) {
    const nonce = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, await key, new TextEncoder().encode(JSON.stringify(entry)));
    write([...waiting().filter((one) => one.id !== entry.key), { id: entry.key, nonce: text(nonce), sealed: text(sealed) }]);
  }

  async function open(one) {
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: back(one.nonce) }, await key, back(one.sealed));
    return JSON.parse(new TextDecoder().decode(plain));
  }

  function drop(id) {
    write(waiting().filter((one) => one.id !== id));
  }

  function count() {
    const n = waiting().length;
    now.hidden = !n;
    panel.classList.toggle("warn", n > 0);
    return n;
  }

  function say(words) {
    const n = count();
    const left = n ? panel.dataset.waiting.replace("{n}", String(n)) : keep.checked && !words ? panel.dataset.none : "";
    says.textContent = [words, left].filter(Boolean).join(" ");
  }

  // --- sending ----------------------------------------------------------------------------------------------------

  async function post(entry) {
    const sent = new FormData();
    for (const [name, value] of entry.fields) sent.append(name, value);
    sent.set("csrf", document.querySelector("form.leave input[name=csrf]").value);
    sent.set("form", crypto.randomUUID());
    sent.set("key", entry.key);
    return fetch(entry.action, { method: "POST", body: sent, credentials: "same-origin", headers: { Accept: "application/json" } });
  }

  // "sent", "later" (no connection, or signed out), or what is shown to the worker.
  async function deliver(entry) {
    let answer;
    try {
      answer = await post(entry);
    } catch (unreachable) {
      return "later";
    }
    if (answer.redirected || answer.status === 401 || answer.status === 403) {
      await sign();
      return "signed out";
    }
    if (answer.status >= 500 || answer.status === 429) return "later";
    if (answer.ok) return "sent";
    let told = {};
    try {
      told = await answer.json();
    } catch (notOurs) {
      return "later";
    }
    return answer.status === 409 ? { changed: told.now } : { wrong: told.wrong || panel.dataset.gone };
  }

  // Signed in again in another tab: this page goes on with the new session's token.
  async function sign() {
    try {
      const page = await fetch(location.pathname, { credentials: "same-origin" });
      if (!page.ok || page.redirected) return;
      const fresh = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("form.leave input[name=csrf]");
      if (fresh) for (const one of document.querySelectorAll("input[name=csrf]")) one.value = fresh.value;
    } catch (unreachable) {
      return;
    }
  }

  async function sync() {
    if (sending || !waiting().length) return;
    sending = true;
    let some = false;
    let words = "";
    for (const one of waiting()) {
      let entry;
      try {
        entry = await open(one);
      } catch (anotherKey) {
        drop(one.id); // nobody can read it any more
        continue;
      }
      const ended = await deliver(entry);
      if (ended === "sent") {
        drop(one.id);
        done(entry);
        some = true;
      } else if (ended === "later") {
        break;
      } else if (ended === "signed out") {
        words = panel.dataset.signedOut;
        break;
      } else {
        differ(entry, ended);
      }
    }
    sending = false;
    if (some && !waiting().length) document.dispatchEvent(new Event("visits:sent"));
    say(words || (some && !waiting().length ? panel.dataset.sent : ""));
  }

  function formOf(entry) {
    return forms.find((one) => one.getAttribute("action") === entry.action);
  }

  function done(entry) {
    const form = formOf(entry);
    if (form) form.closest("details").replaceWith(Object.assign(document.createElement("p"), { className: "badge good", textContent: panel.dataset.done }));
    const shown = document.getElementById("b-" + entry.key);
    if (shown) shown.remove();
  }

  // --- changed since: both side by side ------------------------------------------------------------------------------

  function differ(entry, ended) {
    if (document.getElementById("b-" + entry.key)) return;
    const box = document.createElement("div");
    box.id = "b-" + entry.key;
    box.className = "notice danger";
    const add = (tag, words, to) => to.appendChild(Object.assign(document.createElement(tag), { textContent: words }));
    add("strong", entry.label, box);
    add("p", ended.wrong || panel.dataset.changed, box);
    const pair = box.appendChild(Object.assign(document.createElement("div"), { className: "beside" }));
    const mine = pair.appendChild(document.createElement("div"));
    add("strong", panel.dataset.mine, mine);
    add("p", entry.shown, mine);
    for (const [name, value] of entry.fields) if ((name === "note" || name === "next_on") && value) add("p", value, mine);
    if (ended.changed) {
      const theirs = pair.appendChild(document.createElement("div"));
      add("strong", panel.dataset.now, theirs);
      for (const one of ended.changed) if (one.value) add("p", one.label + ": " + one.value, theirs);
    }
    const button = add("button", panel.dataset.drop, box);
    button.type = "button";
    button.className = "button outline";
    button.addEventListener("click", () => {
      drop(entry.key);
      box.remove();
      say("");
    });
    if (entry.log) {
      const log = add("a", panel.dataset.again, box);
      log.className = "button quiet";
      log.href = entry.log;
    }
    beside.append(box);
  }

  // --- what somebody does --------------------------------------------------------------------------------------------

  for (const form of forms) {
    // The page may have been opened hours ago: the time is that of the door, unless somebody has written another one.
    form.closest("details").addEventListener("toggle", (event) => {
      const at = form.elements.at;
      if (event.target.open && at.value === (at.dataset.ours || at.defaultValue))
        at.value = at.dataset.ours = new Date().toLocaleTimeString("en-GB", { timeZone: "Asia/Tokyo", hour: "2-digit", minute: "2-digit" });
    });
    // The form's own id is the entry's key: the same page sent by hand is the same result as well.
    form.addEventListener("submit", async (event) => {
      if (!keep.checked) return;
      event.preventDefault();
      const fields = Array.from(new FormData(form)).filter(([name, value]) => name !== "csrf" && name !== "form" && name !== "back" && value !== "");
      const chosen = form.querySelector("input[name=result]:checked");
      const link = form.closest(".door").querySelector("a[href^='/console/cases/']"); // whoever was lent for the visits opens no case
      const entry = {
        key: form.elements.form.value, action: form.getAttribute("action"), fields, label: form.dataset.label,
        shown: chosen ? chosen.parentElement.textContent.trim() : "", log: link ? link.getAttribute("href") + "/contacts" : "",
      };
      await put(entry);
      form.querySelector("button:not([type=button])").disabled = true;
      say(panel.dataset.kept);
      await sync();
    });
  }

  keep.checked = localStorage.getItem(ON) === "yes";
  keep.addEventListener("change", () => {
    if (keep.checked) localStorage.setItem(ON, "yes");
    else localStorage.removeItem(ON);
    say("");
  });

  // Logging out empties the telephone; it says so first where something waits.
  for (const leave of document.querySelectorAll("form.leave")) {
    leave.addEventListener("submit", (event) => {
      const n = waiting().length;
      if (n && !window.confirm(panel.dataset.leave.replace("{n}", String(n)))) {
        event.preventDefault();
        return;
      }
      localStorage.removeItem(QUEUE);
      KeptPage.drop();
    });
  }

  now.addEventListener("click", sync);
  window.addEventListener("online", sync);
  window.addEventListener("beforeunload", (event) => {
    if (waiting().length && !navigator.onLine) event.preventDefault();
  });
  setInterval(sync, AGAIN);
  panel.hidden = false;
  say("");
  sync();
})();
