// Keeps a rating that could not be sent and sends it again when the network is back. Pages work without it.
(function () {
  "use strict";
  var form = document.querySelector("form[data-keep]"), store = "langnghe.unsent", busy = false, pause = 2000;
  if (!form || !window.fetch || !window.JSON) return;
  function show(id) { document.getElementById(id).hidden = false; }
  function read() { try { return JSON.parse(localStorage.getItem(store)) || []; } catch (e) { return []; } }
  function write(list) { try { localStorage.setItem(store, JSON.stringify(list)); } catch (e) { /* full or forbidden */ } }
  function drop(item) { write(read().filter(function (other) { return other.body.token !== item.body.token; })); }
  function post(item) {
    return fetch(item.url, { method: "POST", body: JSON.stringify(item.body), headers: { "Content-Type": "application/json", Accept: "application/json" } });
  }
  function thank(receipt) {
    var section = document.getElementById("thanks");
    document.getElementById("rating").hidden = document.getElementById("waiting").hidden = true;
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
  function send(item, here) {
    return post(item).then(function (answer) {
      if (answer.status === 503 || answer.status === 429 || answer.status >= 500) throw answer;
      drop(item);
      if (!answer.ok) { if (here) native(item); return; }
      return answer.json().then(function (said) {
        if (here) { thank(said.receipt); return; }
        show("sent"); document.querySelector("#sent .receipt").textContent = said.receipt;
      });
    });
  }
  function retry() {
    var list = read(), token = form.elements.token.value;
    if (busy || !list.length) return;
    busy = true;
    send(list[0], list[0].body.token === token).then(function () { busy = false; pause = 2000; retry(); }, function () {
      busy = false; pause = Math.min(pause * 2, 60000); setTimeout(retry, pause);
    });
  }
  form.addEventListener("click", function (event) {
    var button = event.target.closest("button.answer"), body = {}, item;
    if (!button) return;
    event.preventDefault();
    if (busy) return;
    Array.prototype.forEach.call(form.elements, function (field) { if (field.name && field.name !== "score" && field.value) body[field.name] = field.value; });
    body.score = +button.value;
    item = { url: form.getAttribute("action"), body: body };
    write(read().filter(function (other) { return other.body.token !== body.token; }).concat(item));
    busy = true; button.setAttribute("aria-busy", "true");
    send(item, true).then(function () { busy = false; }, function () {
      busy = false; button.removeAttribute("aria-busy");
      document.getElementById("rating").hidden = true; show("waiting"); setTimeout(retry, pause);
    });
  });
  addEventListener("online", retry);
  document.addEventListener("visibilitychange", function () { if (!document.hidden) retry(); });
  retry();
}());
