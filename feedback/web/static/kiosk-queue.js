// The ratings of this tablet that have not arrived yet: kept on the tablet, sent one after the other, in their order.
(function () {
  "use strict";
  const NAME = "langnghe-kiosk", SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ", OURS = "urn:langnghe:problem:";
  const LONGEST_TRY = 10000, FIRST_PAUSE = 2000, LONGEST_PAUSE = 60000, LONGEST_ASKED = 900000, LATER = [408, 425, 429];
  let pause = FIRST_PAUSE, timer = 0, isAsked = false, isRunning = false, isCalled = false, lastSent = 0, heard = () => {};
  let memory = null, database = open();

  // How long a rating waited is told by a clock that nobody sets, for as long as this page lives. Where that one stands
  // still while the tablet sleeps, the other tells how long: the page is hidden meanwhile.
  const life = makeToken(), elapsed = () => performance.now() + slept, readDrift = () => Date.now() - performance.now();
  let slept = 0, hidden = null;
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && hidden !== null) slept += Math.max(0, readDrift() - hidden);
    hidden = document.hidden ? readDrift() : null;
  });

  function open() {
    return new Promise((resolve) => {
      try {
        const asking = indexedDB.open(NAME, 1);
        asking.onupgradeneeded = () => {
          asking.result.createObjectStore("waiting", { keyPath: "number", autoIncrement: true });
          asking.result.createObjectStore("refused", { keyPath: "token" });
        };
        asking.onsuccess = () => {
          asking.result.onclose = () => { database = open(); };
          resolve(asking.result);
        };
        asking.onerror = asking.onblocked = () => resolve(null);
      } catch (error) { resolve(null); }
    });
  }
  // Resolves once it is on the disk, so that a tablet without power loses nothing.
  async function work(mode, deed) {
    const base = await database;
    if (!base) throw new Error("no database");
    return new Promise((resolve, reject) => {
      const step = base.transaction(["waiting", "refused"], mode, { durability: "strict" });
      const asked = deed(step.objectStore("waiting"), step.objectStore("refused"));
      step.oncomplete = () => resolve(asked && asked.result);
      step.onabort = step.onerror = () => reject(step.error);
    });
  }
  // Where the tablet has no database, or it is full: a list in its storage; else this page itself remembers.
  function readAside() { try { return memory || JSON.parse(localStorage.getItem(NAME)) || []; } catch (error) { return memory || []; } }
  function writeAside(list) { try { localStorage.setItem(NAME, JSON.stringify(list)); memory = null; } catch (error) { memory = list; } }
  function changeAside(item, change) {
    writeAside(readAside().flatMap((other) => (other.token === item.token ? change : [other])));
  }
  const isWaiting = (item) => item.reason === undefined;

  function keep(touched) {
    const item = { ...touched, life, at: elapsed() };
    return work("readwrite", (waiting) => waiting.add(item)).catch(() => writeAside([...readAside(), item]));
  }
  async function findFirst() {
    const [first] = await work("readonly", (waiting) => waiting.getAll(null, 1)).catch(() => []);
    return first || readAside().find(isWaiting);
  }
  function drop(item) {
    return item.number === undefined ? changeAside(item, []) : work("readwrite", (waiting) => { waiting.delete(item.number); });
  }
  function refuse(item, reason) {
    const refused = { ...item, reason };
    if (item.number === undefined) return changeAside(item, [refused]);
    return work("readwrite", (waiting, list) => { waiting.delete(item.number); list.put(refused); });
  }
  async function sendRefusedAgain() {
    const bare = ({ number, reason, ...item }) => item;
    const list = await work("readonly", (_, refused) => refused.getAll()).catch(() => []);
    list.sort((one, other) => one.number - other.number);
    await work("readwrite", (waiting, refused) => { list.forEach((item) => waiting.add(bare(item))); refused.clear(); }).catch(() => {});
    writeAside(readAside().map(bare));
    call(true);
  }
  async function describe() {
    const [kept, refused] = await Promise.all([
      work("readonly", (waiting) => waiting.getAll()).catch(() => []),
      work("readonly", (_, list) => list.getAll()).catch(() => []),
    ]);
    const aside = readAside(), waiting = [...kept, ...aside.filter(isWaiting)];
    return { waiting: waiting.length, oldest: waiting.length ? waiting[0].tapped : 0, lastSent, refused: [...refused, ...aside.filter((item) => !isWaiting(item))] };
  }

  async function post(item) {
    const stop = new AbortController(), clock = setTimeout(() => stop.abort(), LONGEST_TRY);
    const { token, desk, score, tapped, lang } = item, waited = item.life === life ? Math.round(elapsed() - item.at) : undefined;
    try {
      const answer = await fetch(item.address, {
        method: "POST", cache: "no-store", credentials: "omit", redirect: "error", signal: stop.signal,
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: JSON.stringify({ token, desk, score, tapped, lang, sent: Date.now(), waited }),
      });
      return await judge(answer, token);
    } catch (error) {
      return { deed: "later", wait: 0 };
    } finally { clearTimeout(clock); }
  }
  // Only what our own program says is final: a network in between answers whatever it likes.
  async function judge(answer, token) {
    if (answer.ok) return (await answer.json()).receipt === print(token) ? { deed: "sent" } : { deed: "later", wait: 0 };
    const isFinal = answer.status >= 400 && answer.status < 500 && !LATER.includes(answer.status);
    if (isFinal && (answer.headers.get("content-type") || "").startsWith("application/problem+json")) {
      const said = await answer.json();
      // Under this token a rating arrived before: that of this very tap.
      if (said.type === OURS + "already-rated") return { deed: "sent" };
      if (String(said.type).startsWith(OURS)) return { deed: "refused", reason: String(said.detail) };
    }
    const asked = Number(answer.headers.get("retry-after")) * 1000;
    return { deed: "later", wait: asked > 0 ? Math.min(asked, LONGEST_ASKED) : 0 };
  }
  function plan(wait) {
    isAsked = wait > pause;
    timer = setTimeout(() => call(true), Math.max(wait, pause));
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  }
  async function run() {
    for (let item = await findFirst(); item; item = await findFirst()) {
      const outcome = await post(item);
      if (outcome.deed === "later") { plan(outcome.wait); return; }
      await (outcome.deed === "sent" ? drop(item) : refuse(item, outcome.reason));
      pause = FIRST_PAUSE;
      if (outcome.deed === "sent") lastSent = Date.now();
      heard(item.token, outcome.deed);
    }
  }
  // One at a time. While a pause lasts, only its end, or `isUrgent`, begins anew.
  function call(isUrgent) {
    if (isRunning) { isCalled = true; return; }
    if (timer && !isUrgent) return;
    clearTimeout(timer);
    timer = 0;
    isRunning = true;
    run().catch(() => plan(0)).then(() => {
      isRunning = false;
      heard("", "rest");
      if (isCalled) { isCalled = false; call(false); }
    });
  }
  function makeToken() {
    const bytes = crypto.getRandomValues(new Uint8Array(15));
    let token = "";
    for (let bit = 0; bit < 120; bit += 5) {
      const pair = (bytes[bit >> 3] << 8) | (bytes[(bit >> 3) + 1] || 0);
      token += SYMBOLS[(pair >> (11 - (bit & 7))) & 31];
    }
    return token;
  }
  function print(token) { return token.match(/.{4}/g).join("-"); }

  addEventListener("online", () => { if (!isAsked) call(true); });
  window.kioskQueue = {
    call, describe, keep, makeToken, print, sendRefusedAgain,
    listen(listener) { heard = listener; },
  };
}());
