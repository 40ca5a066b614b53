// Adds a button that shows the password. Without script the field works as it is.
"use strict";
(() => {
  const field = document.getElementById("password");
  if (!(field instanceof HTMLInputElement) || !field.parentElement) {
    return;
  }
  const button = document.createElement("button");
  button.type = "button";
  button.className = "show";
  button.setAttribute("aria-controls", field.id);
  const say = () => {
    const shown = field.type === "text";
    button.textContent = (shown ? field.dataset.hide : field.dataset.show) || "";
    button.setAttribute("aria-pressed", String(shown));
  };
  button.addEventListener("click", () => {
    field.type = field.type === "text" ? "password" : "text";
    say();
    field.focus();
  });
  // A browser offers to keep the value only of a password field.
  field.form?.addEventListener("submit", () => {
    field.type = "password";
    say();
  });
  say();
  field.after(button);
})();
