// Lets htmx read pages of this very server into documents that run nothing, and nothing else. Loaded before htmx.
// Every page works without it: each part that is fetched stands behind a plain link too.
(function () {
  "use strict";
  var answer = null;
  // These two make a document without a window, in which no script runs; innerHTML and its like stay refused.
  var quiet = ["Document parseHTMLUnsafe", "DOMParser parseFromString"];
  if (window.trustedTypes && trustedTypes.createPolicy) {
    trustedTypes.createPolicy("default", {
      createHTML: function (text, kind, sink) { return text === answer && quiet.indexOf(sink) >= 0 ? text : null; }
    });
  }
  function isPage(request) { return /^text\/html\b/i.test(request.getResponseHeader("Content-Type") || ""); }
  document.addEventListener("htmx:beforeSwap", function (event) {
    var detail = event.detail;
    if (!isPage(detail.xhr)) detail.shouldSwap = false;
    answer = detail.shouldSwap ? detail.serverResponse : null;
  });
  document.addEventListener("htmx:afterSwap", function () { answer = null; });
}());
