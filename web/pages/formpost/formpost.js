// Sends the form at once. A page that was left with the back button does not send it
// again: the code in it has been used.
"use strict";
(() => {
  const form = document.getElementById("formpost");
  const [visit] = performance.getEntriesByType("navigation");
  if (form instanceof HTMLFormElement && (!visit || visit.type !== "back_forward")) {
    form.submit();
  }
})();
