// LIFF browser of tegata, Apache-2.0. Built from web/simulator/src by tools/cmd/webbuild: do not edit.
"use strict";
(() => {
  // web/simulator/src/picker.ts
  var form = document.querySelector("form");
  var status = document.querySelector("#status");
  var preview = document.querySelector("#messages");
  var boxes = [...form.querySelectorAll("input[name=chat]")];
  var send = form.querySelector("#send");
  var origins = (form.dataset.origins ?? "").split(" ");
  var shared = null;
  addEventListener("message", (message) => {
    if (!opener || message.source !== opener || !origins.includes(message.origin)) return;
    const data = message.data;
    if (data?.name === "healthcheck" && !shared) {
      opener.postMessage({ name: "receivedHealthcheck", body: {} }, message.origin);
    }
    if (data?.name === "ready" && data.body && !shared) show(data.body);
  });
  function show(body) {
    shared = body;
    preview.replaceChildren(...body.messages.map((m) => {
      const line = document.createElement("li");
      line.textContent = m.text ?? m.altText ?? m.type;
      return line;
    }));
    if (!body.isMultiple) for (const b of boxes) b.type = "radio";
    status.textContent = body.isMultiple ? "Choose who gets this." : "Choose one.";
    update();
  }
  function update() {
    send.disabled = !shared || !boxes.some((b) => b.checked);
  }
  async function end(chats) {
    const body = new URLSearchParams();
    body.set("ott", form.dataset.ott ?? "");
    body.set("liffId", form.dataset.liff ?? "");
    if (chats) {
      for (const b of boxes) if (b.checked) body.append("chat", b.value);
    }
    send.disabled = true;
    try {
      const answer = await fetch(form.dataset.action ?? "", { method: "POST", body, credentials: "omit" });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      status.textContent = chats ? "Shared. You can close this window." : "Cancelled. You can close this window.";
      form.classList.add("done");
    } catch (error) {
      status.textContent = "The platform did not take it: " + error.message + ". Try again.";
      update();
    }
  }
  form.addEventListener("change", update);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void end(true);
  });
  form.querySelector("#cancel")?.addEventListener("click", () => void end(false));
  if (!opener) status.textContent = "This window belongs to an app that calls liff.shareTargetPicker(): open it from there.";
})();
