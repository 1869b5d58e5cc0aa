// Lets the page for the field open without a network, and nothing else: its scope is /console/visits/field. It keeps the page that
// asks for the code, scripts and style sheets, in which nothing of anybody stands; what is about people is not in its cache.
"use strict";

const CACHE = "visits-field";
const PAGE = "/console/visits/field";
const SHELL = PAGE + "/offline";
const PATIENCE = 6000;
const PLAIN = ["/console/static/", "/look/"];

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// A connection that answers nothing for seconds is none.
function inTime(request) {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("late")), PATIENCE);
    fetch(request).then(resolve, reject);
  });
}

async function kept(path, otherwise) {
  const found = await (await caches.open(CACHE)).match(path, { ignoreVary: true });
  if (found) return found;
  throw otherwise;
}

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate" && address.pathname === PAGE) {
    event.respondWith(inTime(request).catch((unreachable) => kept(SHELL, unreachable)));
  } else if (PLAIN.some((start) => address.pathname.startsWith(start))) {
    event.respondWith(fetch(request).catch((unreachable) => kept(address.pathname, unreachable)));
  }
});
