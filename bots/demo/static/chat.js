// The chat of the demo: sends what is typed or pressed, shows what comes. Who one is lives in this tab only.
(function () {
  "use strict";
  const ENTRY = /(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)])|(^|\s)(\/[a-z0-9_]{1,32})(?![\w/])/g;
  const language = document.documentElement.lang;
  const find = (id) => document.getElementById(id);
  const log = find("log"), composer = find("composer"), start = find("start"), words = log.dataset, scanned = words.start;
  let chat = recall() || meet(), last = 0, pause = 500;

  // A tab that may keep nothing is a new person each time.
  function recall() { try { return Number(sessionStorage.getItem("chat")); } catch { return 0; } }
  function meet() {
    const number = crypto.getRandomValues(new Uint32Array(1))[0] + 1;
    try { sessionStorage.setItem("chat", String(number)); } catch { /* as above */ }
    return number;
  }
  async function post(address, fields) {
    const body = JSON.stringify({ chat, lang: language, ...fields });
    const answer = await fetch(address, { method: "POST", body, headers: { "Content-Type": "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }
  function make(name, classes, text) {
    const element = document.createElement(name);
    element.className = classes;
    element.textContent = text;
    return element;
  }
  function toast(text, seconds) {
    const shown = make("p", "toast", text);
    find("toasts").replaceChildren(shown);
    setTimeout(() => shown.remove(), seconds * 1000);
  }
  function send(text) {
    return post("/demo/chat/say", { text }).catch((error) => { toast(words.unsent, 5); throw error; });
  }

  function link(address, text, classes) {
    const element = make("a", classes, text);
    element.href = address;
    element.target = "_blank";
    element.rel = "noopener";
    return element;
  }
  function command(text) {
    const element = make("button", "", text);
    element.type = "button";
    element.addEventListener("click", () => send(text).catch(() => {}));
    return element;
  }
  // Addresses and commands in a message of the bot can be pressed.
  function paragraph(text) {
    const element = make("p", "", "");
    let done = 0;
    for (const found of text.matchAll(ENTRY)) {
      const at = found.index + (found[2] || "").length;
      element.append(text.slice(done, at), found[1] ? link(found[1], found[1], "") : command(found[3]));
      done = found.index + found[0].length;
    }
    element.append(text.slice(done));
    return element;
  }
  function bubble(entry) {
    const element = make("div", `bubble ${entry.who}`, "");
    element.dir = "auto";
    element.append(make("span", "spoken", `${entry.who === "bot" ? words.bot : words.you} `));
    if (entry.who === "bot") element.append(...entry.text.split("\n\n").map(paragraph)); else element.append(entry.text);
    return element;
  }
  function choice(entry, button) {
    if (button.url) return link(button.url, button.text, "choice");
    const element = make("button", "choice", button.text);
    element.type = "button";
    element.addEventListener("click", () => {
      element.setAttribute("aria-busy", "true");
      post("/demo/chat/press", { message: entry.message, data: button.callback_data }).catch(() => {
        element.removeAttribute("aria-busy");
        toast(words.unsent, 5);
      });
    });
    return element;
  }
  function choices(entry) {
    const group = make("div", "choices", "");
    group.dataset.message = entry.message;
    for (const row of entry.buttons) {
      const line = make("div", "row", "");
      line.append(...row.map((button) => choice(entry, button)));
      group.append(line);
    }
    return group;
  }
  function hear(notice, isOld) {
    for (const busy of log.querySelectorAll(`[data-message="${notice.message}"] [aria-busy]`)) busy.removeAttribute("aria-busy");
    if (notice.text && !isOld) toast(notice.text, notice.alert ? 10 : 5);
  }
  function show(entries, isOld) {
    const before = log.lastElementChild;
    for (const entry of entries) {
      if (entry.who === "notice") { hear(entry, isOld); continue; }
      log.append(bubble(entry));
      if (entry.buttons.length) log.append(choices(entry));
    }
    if (log.lastElementChild === before) return;
    // The end is shown; but what is longer than the screen is read from its beginning.
    const first = isOld ? log.lastElementChild : before.nextElementSibling;
    log.scrollTop = Math.min(log.scrollHeight, first.offsetTop - log.offsetTop - 3);
  }
  function open(canType) {
    composer.hidden = !canType;
    start.hidden = canType;
  }
  async function listen() {
    for (;;) {
      const person = chat;
      try {
        const news = await post("/demo/chat/messages", { after: last });
        if (person !== chat) continue;
        show(news.entries, last === 0);
        if (composer.hidden && start.hidden) open(news.last > 0 && !words.start);
        last = news.last;
        pause = 500;
      } catch {
        toast(words.away, pause / 1000);
        await new Promise((wake) => setTimeout(wake, pause));
        pause = Math.min(pause * 2, 8000);
      }
    }
  }

  start.addEventListener("click", async () => {
    await send(words.start ? `/start ${words.start}` : "/start");
    words.start = "";
    // Neither opening this page again nor its other language starts once more.
    for (const other of document.querySelectorAll("a[hreflang]")) other.href = `?lang=${other.hreflang}`;
    history.replaceState(null, "", `?lang=${language}`);
    open(true);
    log.focus();
  });
  composer.addEventListener("submit", (event) => {
    event.preventDefault();
    const input = composer.elements.text, text = input.value.trim();
    if (!text) return;
    input.value = "";
    send(text).catch(() => { input.value = input.value || text; });
  });
  find("again").addEventListener("click", () => {
    chat = meet();
    last = 0;
    words.start = scanned;
    while (log.children.length > 1) log.lastElementChild.remove();
    open(false);
    start.focus();
  });
  listen();
}());
