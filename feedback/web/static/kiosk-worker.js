// Keeps the page of a tablet usable when it is switched on during an outage. Ratings are none of its business.
"use strict";
const STORE = "langnghe-kiosk", LONGEST = 5000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request, path = new URL(url).pathname;
  if (method !== "GET" || !url.startsWith(self.location.origin)) return;
  if (path.startsWith("/static/")) event.respondWith(sendFile(event.request));
  else if (mode === "navigate") event.respondWith(sendPage(event.request));
});

// A file's address changes with what is in it.
async function sendFile(request) {
  return (await caches.match(request, { cacheName: STORE })) || fetch(request);
}

// The house first; the kept page where it does not answer, is ill, or somebody else answers for it.
async function sendPage(request) {
  const asked = Promise.race([fetch(request), new Promise((_, fail) => setTimeout(fail, LONGEST))]);
  const answer = await asked.catch(() => null);
  if (answer && answer.status < 500 && answer.headers.has("x-langnghe-kiosk")) return answer;
  const kept = await caches.match(request, { cacheName: STORE, ignoreSearch: true, ignoreVary: true });
  return kept || answer || Response.error();
}
