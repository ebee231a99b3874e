// The screens of a tablet at an exit: which desk, five faces, thanks; and back to the start by itself.
(function () {
  "use strict";
  const body = document.body, queue = window.kioskQueue, marks = body.dataset, KEPT = "langnghe-kiosk";
  const RENEW_EVERY = 600000, LONG_PRESS = 3000, seconds = Number(marks.seconds), isEnded = marks.ended !== undefined;
  const all = (selector, root) => [...(root || document).querySelectorAll(selector)];
  const first = document.documentElement.lang;
  let language = first, screen = "", desk = null, end = 0, token = "", isStoring = false, press = 0;

  function words() { return document.querySelector(`[data-words="${language}"]`); }
  function show(name) {
    screen = name;
    all("[data-words]").forEach((part) => { part.hidden = part !== words(); });
    all("[data-screen]").forEach((part) => { part.hidden = part.dataset.screen !== name; });
    document.documentElement.lang = language;
    document.title = words().dataset.title;
    // Who was led here by the keyboard begins at the top of the new screen.
    words().querySelector(`[data-screen="${name}"] h1`).focus({ preventScroll: true });
    scrollTo(0, 0);
    stay();
  }
  function speak(other) { language = other; show(screen); }
  // With one desk there is nothing to choose.
  function home() { return isEnded || all(".desk", words()).length !== 1 ? "desk" : "answers"; }
  function isAtStart() { return screen === home() && language === "vi"; }
  function reset() {
    language = "vi";
    token = "";
    desk = home() === "answers" ? words().querySelector(".desk").value : null;
    show(home());
  }
  function choose(button) {
    desk = button.value;
    all(`.desk[value="${desk}"]`).forEach((same) => {
      same.closest("[data-words]").querySelector("[data-place]").textContent = same.querySelector("b").textContent + " · " + same.querySelector("span").textContent;
    });
    show("answers");
  }

  // Stored first; the thanks come when it is on the disk.
  async function rate(button) {
    if (isStoring) return;
    isStoring = true;
    button.setAttribute("aria-busy", "true");
    try {
      const item = { address: marks.address, token: queue.makeToken(), desk, score: Number(button.value), tapped: Date.now(), lang: language };
      await queue.keep(item);
      token = item.token;
      all("[data-screen=thanks] .receipt").forEach((place) => { place.textContent = queue.print(token); });
      tellSent(false);
      show("thanks");
      queue.call(false);
    } finally {
      isStoring = false;
      button.removeAttribute("aria-busy");
    }
  }
  function tellSent(isSent) {
    all("[data-sent]").forEach((part) => { part.hidden = !isSent; });
    all("[data-kept]").forEach((part) => { part.hidden = isSent; });
  }

  // Whoever walks away leaves nothing behind; every touch gives the whole time anew.
  function stay() { end = isEnded || isAtStart() ? 0 : Date.now() + seconds * 1000; tick(); }
  function tick() {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (end && (left <= 0 || left > seconds)) { reset(); return; }
    all("[data-countdown]").forEach((part) => { part.hidden = !end; });
    all("[data-seconds-left]").forEach((part) => { part.textContent = String(Math.max(left, 0)); });
  }

  async function tellState() {
    const known = await queue.describe();
    const say = (selector, text) => all(selector).forEach((part) => { part.textContent = String(text); });
    const moment = (when) => (when ? new Date(when).toLocaleString(language === "vi" ? "vi-VN" : "en-GB") : "–");
    all("[data-waiting]").forEach((part) => { part.hidden = !known.waiting; });
    say("[data-count]", known.waiting);
    say("[data-state-waiting]", known.waiting);
    say("[data-state-oldest]", moment(known.oldest));
    say("[data-state-sent]", moment(known.lastSent));
    say("[data-state-refused]", known.refused.length);
    all("[data-refused]").forEach((list) => list.replaceChildren(...known.refused.map((item) => {
      const line = document.createElement("li");
      line.textContent = [queue.print(item.token), moment(item.tapped), item.reason].join(" · ");
      return line;
    })));
  }
  queue.listen((sent, deed) => {
    if (sent && sent === token && deed === "sent") tellSent(true);
    tellState();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    event.preventDefault();
    // The second half of a double tap belongs to the screen before.
    if (event.detail > 1) return;
    if (button.matches(".language")) speak(button.value);
    else if (button.matches(".desk")) choose(button);
    else if (button.matches(".answer")) rate(button);
    else if (button.matches("[data-back]")) { desk = null; show("desk"); }
    else if (button.matches("[data-next]")) reset();
    else if (button.dataset.deed === "send") queue.call(true);
    else if (button.dataset.deed === "again") queue.sendRefusedAgain().then(tellState);
    else if (button.dataset.deed === "close") reset();
  });
  ["pointerdown", "keydown"].forEach((name) => addEventListener(name, stay, { passive: true }));
  addEventListener("contextmenu", (event) => event.preventDefault());
  addEventListener("pointerdown", (event) => {
    if (event.target.closest("[data-hold]")) press = setTimeout(() => show("state"), LONG_PRESS);
  });
  ["pointerup", "pointercancel", "pointerleave"].forEach((name) => document.addEventListener(name, () => clearTimeout(press)));

  // The page and its files for a start without network; and a newer page when nobody stands here.
  async function keepPage() {
    if (!window.caches) return;
    const answer = await fetch(marks.address, { cache: "no-store", headers: { Accept: "text/html" } });
    if (answer.status >= 500 || !answer.headers.has("x-langnghe-kiosk")) return;
    const store = await caches.open(KEPT), text = await answer.clone().text();
    const files = [...text.matchAll(/(?:src|href)="(\/static\/[^"]+)"/g)].map((match) => match[1]);
    await Promise.all(files.map(async (file) => (await store.match(file)) || store.add(file)));
    await store.put(marks.address, answer);
    const wanted = [marks.address, ...files].map((address) => new URL(address, location).href);
    const old = (await store.keys()).filter((request) => !wanted.includes(request.url) && new URL(request.url).pathname.startsWith("/static/"));
    await Promise.all(old.map((request) => store.delete(request)));
    const version = (text.match(/data-version="(\w+)"/) || [])[1];
    if (version !== marks.version && isAtStart() && !isStoring) location.reload();
  }
  async function install() {
    if (!navigator.serviceWorker) return;
    const address = "/K/worker.js";
    const policy = window.trustedTypes && trustedTypes.createPolicy("kiosk", { createScriptURL: () => address });
    await navigator.serviceWorker.register(policy ? policy.createScriptURL("") : address, { scope: "/K/" });
  }

  reset();
  if (first !== "vi") speak(first);
  if (new URLSearchParams(location.search).has("state")) show("state");
  setInterval(tick, 1000);
  setInterval(() => keepPage().catch(() => {}), RENEW_EVERY);
  install().catch(() => {});
  keepPage().catch(() => {});
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => {});
  tellState();
  queue.call(true);
}());
