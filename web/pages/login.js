// Adds the show/hide button to the password field. Without script the field is an
// ordinary password field.
(() => {
  "use strict";
  const field = document.querySelector("#password[data-show]");
  if (!field) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "toggle";
  button.setAttribute("aria-controls", field.id);
  const show = (visible) => {
    field.type = visible ? "text" : "password";
    button.textContent = visible ? field.dataset.hide : field.dataset.show;
  };
  button.addEventListener("click", () => {
    show(field.type === "password");
    field.focus();
  });
  // A password that was left visible must not end in the browser's form history.
  field.form.addEventListener("submit", () => show(false));
  show(false);
  field.after(button);
})();
