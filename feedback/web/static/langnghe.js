// Keeps a rating that could not be sent and sends it again when the network is back. Pages work without it.
(function () {
  "use strict";
  var form = document.querySelector("form[data-keep]"), store = "langnghe.unsent", memory = null, busy = false, pause = 2000;
  if (!form || !window.fetch || !window.JSON) return;
  function find(id) { return document.getElementById(id); }
  function read() { try { return memory || JSON.parse(localStorage.getItem(store)) || []; } catch (e) { return memory || []; } }
  // Where the phone keeps nothing for pages (or is full), this page itself remembers.
  function write(list) { try { localStorage.setItem(store, JSON.stringify(list)); memory = null; } catch (e) { memory = list; } }
  function without(item) { return read().filter(function (other) { return other.body.token !== item.body.token; }); }
  function isOurs(item) { return item.body.token === form.elements.token.value; }
  function post(item) {
    var stop = window.AbortController && new AbortController(), clock;
    // A network that swallows everything is no network.
    if (stop) clock = setTimeout(function () { stop.abort(); }, 10000);
    return fetch(item.url, { method: "POST", body: JSON.stringify(item.body), signal: stop ? stop.signal : undefined, headers: { "Content-Type": "application/json", Accept: "application/json" } })
      .then(function (answer) { clearTimeout(clock); return answer; });
  }
  function thank(receipt) {
    var section = find("thanks");
    find("rating").hidden = true;
    section.querySelector(".receipt").textContent = receipt;
    section.querySelector("[name=receipt]").value = receipt;
    section.hidden = false;
    section.focus();
    scrollTo(0, 0);
  }
  function native(item) {
    var score = document.createElement("input");
    score.type = "hidden"; score.name = "score"; score.value = item.body.score;
    form.appendChild(score); form.submit();
  }
  function send(item) {
    return post(item).then(function (answer) {
      if (answer.status === 429 || answer.status >= 500) throw answer;
      find("waiting").hidden = true;
      if (!answer.ok) { write(without(item)); if (isOurs(item)) native(item); return; }
      return answer.json().then(function (said) {
        write(without(item));
        if (isOurs(item)) { thank(said.receipt); return; }
        find("sent").hidden = false; find("sent").querySelector(".receipt").textContent = said.receipt;
      });
    });
  }
  // One at a time, the rating of this page first.
  function sendWaiting() {
    var list = read(), ours = list.filter(isOurs);
    if (busy || !list.length) return;
    busy = true;
    send(ours[0] || list[0]).then(function () { busy = false; pause = 2000; sendWaiting(); }, function () {
      busy = false;
      if (read().some(isOurs)) find("rating").hidden = true;
      find("waiting").hidden = false;
      setTimeout(sendWaiting, pause); pause = Math.min(pause * 2, 60000);
    });
  }
  form.addEventListener("click", function (event) {
    var button = event.target.closest("button.answer"), body = {};
    if (!button) return;
    event.preventDefault();
    if (read().some(isOurs)) return;
    Array.prototype.forEach.call(form.elements, function (field) { if (field.name && field.name !== "score" && field.value) body[field.name] = field.value; });
    body.score = +button.value;
    button.setAttribute("aria-busy", "true");
    write(read().concat({ url: form.getAttribute("action"), body: body }));
    sendWaiting();
  });
  addEventListener("online", sendWaiting);
  document.addEventListener("visibilitychange", function () { if (!document.hidden) sendWaiting(); });
  sendWaiting();
}());
