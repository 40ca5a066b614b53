// Adds the fragment, which no server sees, to liff.state and goes on to the app.
"use strict";
(() => {
  const link = document.getElementById("open");
  if (!(link instanceof HTMLAnchorElement)) {
    return;
  }
  if (location.hash.length > 1) {
    const endpoint = link.dataset.endpoint || "";
    // The platform encodes the same way: everything but A-Z a-z 0-9 - _ . ~
    const state = encodeURIComponent((link.dataset.rest || "") + location.hash)
      .replace(/[!'()*]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase());
    link.setAttribute("href", endpoint + (endpoint.includes("?") ? "&" : "?") + "liff.state=" + state);
  }
  location.replace(link.href);
})();
