// Goes on to the LIFF app's endpoint URL with what followed the LIFF ID, the URL's
// fragment too, in liff.state. The fragment never reaches a server.
(() => {
  "use strict";
  const { endpoint, rest } = document.getElementById("open").dataset;
  if (!/^https?:\/\//i.test(endpoint)) return;
  const state = rest + location.hash;
  const separator = endpoint.includes("?") ? "&" : "?";
  location.replace(state ? endpoint + separator + "liff.state=" + encodeURIComponent(state) : endpoint);
})();
