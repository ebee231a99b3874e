// Adds a passkey, or signs in with one, where the browser can; the pages offer the password and the code without it.
(function () {
  "use strict";
  var language = document.documentElement.lang;
  if (!window.PublicKeyCredential || !navigator.credentials || !window.fetch) return;
  function toBytes(text) {
    var plain = atob(text.replace(/-/g, "+").replace(/_/g, "/")), bytes = new Uint8Array(plain.length), place;
    for (place = 0; place < plain.length; place++) bytes[place] = plain.charCodeAt(place);
    return bytes;
  }
  function toText(buffer) {
    var plain = Array.from(new Uint8Array(buffer), function (byte) { return String.fromCharCode(byte); }).join("");
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }
  // Rejected with the server's own sentence where it has one.
  function post(address, fields) {
    return fetch(address + "?lang=" + language, {
      method: "POST", body: JSON.stringify(fields), headers: { "Content-Type": "application/json", Accept: "application/json" }
    }).then(function (answer) {
      return answer.json().then(function (said) {
        if (!answer.ok) throw { said: said.detail };
        return said;
      });
    });
  }
  function ask(options) {
    options.challenge = toBytes(options.challenge);
    if (!options.user) return navigator.credentials.get({ publicKey: options });
    options.user.id = toBytes(options.user.id);
    options.excludeCredentials.forEach(function (known) { known.id = toBytes(known.id); });
    return navigator.credentials.create({ publicKey: options });
  }
  function describe(credential, form) {
    var response = credential.response, fields = { credential: credential.id, client_data: toText(response.clientDataJSON) };
    if (response.attestationObject) {
      fields.attestation = toText(response.attestationObject);
      fields.name = form.elements.name.value;
    } else {
      fields.authenticator_data = toText(response.authenticatorData);
      fields.signature = toText(response.signature);
      fields.user_handle = response.userHandle ? toText(response.userHandle) : "";
    }
    return fields;
  }
  function start(form) {
    var problem = form.querySelector("[role=alert]"), button = form.querySelector("button");
    button.disabled = true;
    problem.hidden = true;
    return post(form.dataset.passkey, {})
      .then(function (options) {
        return ask(options).catch(function () { throw { said: form.dataset.unfinished }; });
      })
      .then(function (credential) { return post(form.dataset.end, describe(credential, form)); })
      .then(function (said) { location.assign(form.dataset.next || said.to + "?lang=" + language); })
      .catch(function (reason) {
        problem.textContent = reason && reason.said || form.dataset.away;
        problem.hidden = false;
        button.disabled = false;
        button.focus();
      });
  }
  document.querySelectorAll("form[data-passkey]").forEach(function (form) {
    form.hidden = false;
    form.addEventListener("submit", function (event) { event.preventDefault(); start(form); });
  });
  document.querySelectorAll(".unable").forEach(function (sentence) { sentence.hidden = true; });
}());
