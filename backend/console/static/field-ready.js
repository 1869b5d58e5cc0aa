// On the page for the field: where the worker chooses a code, today's page is kept for opening it without a network, and renewed by
// every visit to it. It goes on logout, when the worker says so, after five wrong codes, and with its day. Runs before field.js.
"use strict";

(function () {
  const panel = document.getElementById("queue");
  const part = document.getElementById("page-keep");
  if (!panel || !part || !window.crypto || !crypto.subtle || !window.localStorage || !navigator.serviceWorker || !window.caches) return;

  const { account, key, day } = panel.dataset;
  const says = document.getElementById("page-says");
  const code = document.getElementById("page-code");
  const asked = document.getElementById("page-ask");
  const remove = document.getElementById("page-remove");
  const page = { main: document.getElementById("main").innerHTML, csrf: document.querySelector("form.leave input[name=csrf]").value };
  const open = day === panel.dataset.today && document.querySelector("form.told") ? page : null;

  function show(words) {
    const there = Boolean(KeptPage.find(account));
    asked.hidden = there;
    remove.hidden = !there;
    says.textContent = words || (there ? (open ? part.dataset.ready : part.dataset.none) : "");
  }

  // What stands in the cache is the same for everybody: the page that asks for the code, style sheets and scripts.
  async function prepare() {
    const links = Array.from(document.querySelectorAll("link[rel=stylesheet]"), (one) => new URL(one.href).pathname);
    const scripts = Array.from(document.querySelectorAll("script[src]"), (one) => new URL(one.src).pathname);
    const cache = await caches.open(KeptPage.CACHE);
    await cache.addAll([...new Set([...links, ...scripts, "/console/static/field-offline.js", location.pathname + "/offline"])]);
    await navigator.serviceWorker.register("/console/static/field-worker.js", { scope: location.pathname });
    await navigator.serviceWorker.ready;
  }

  async function forget() {
    KeptPage.drop();
    await caches.delete(KeptPage.CACHE);
    const worker = await navigator.serviceWorker.getRegistration(location.pathname);
    if (worker) await worker.unregister();
  }

  asked.addEventListener("submit", async (event) => {
    event.preventDefault();
    const typed = code.value.trim();
    code.value = "";
    if (typed.length < KeptPage.LEAST) {
      show(part.dataset.short);
      return;
    }
    try {
      await prepare();
      await KeptPage.begin(account, typed, key, open, day);
      const queue = document.getElementById("keep");
      if (!queue.checked) queue.click(); // what is told without a network has to wait somewhere
      show("");
    } catch (impossible) {
      await forget();
      show(part.dataset.failed);
    }
  });

  remove.addEventListener("click", async () => {
    await forget();
    show("");
  });

  part.hidden = false;
  if (day !== panel.dataset.today) {
    show("");
  } else {
    const other = KeptPage.find();
    if (other && other.account !== account) KeptPage.drop();
    KeptPage.renew(account, key, open, day).then((renewed) => {
      if (renewed) prepare().catch(() => {});
      show("");
    });
  }
})();
