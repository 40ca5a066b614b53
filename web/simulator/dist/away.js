// LIFF browser of tegata, Apache-2.0. Built from web/simulator/src by tools/cmd/webbuild: do not edit.
"use strict";
(() => {
  // web/simulator/src/away.ts
  var every = 2e3;
  async function look() {
    const up = await fetch(document.body.dataset.ask ?? "", { cache: "no-store" }).then((a) => a.status === 204, () => false);
    if (up) location.reload();
    else setTimeout(() => void look(), every);
  }
  var next = document.querySelector("#next");
  if (next) next.textContent = "Start your dev server at that address: the app opens here as soon as it is up.";
  void look();
})();
