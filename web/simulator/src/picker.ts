// The window that liff.shareTargetPicker() opens in an ordinary browser. The app's window
// sends what is to be shared, by the SDK's protocol: healthcheck, receivedHealthcheck,
// ready.

interface Shared {
  messages: { type: string; text?: string; altText?: string }[];
  isMultiple: boolean;
}

const form = document.querySelector("form") as HTMLFormElement;
const status = document.querySelector("#status") as HTMLElement;
const preview = document.querySelector("#messages") as HTMLElement;
const boxes = [...form.querySelectorAll<HTMLInputElement>("input[name=chat]")];
const send = form.querySelector("#send") as HTMLButtonElement;
const origins = (form.dataset.origins ?? "").split(" ");

let shared: Shared | null = null;

addEventListener("message", (message: MessageEvent<unknown>) => {
  if (!opener || message.source !== opener || !origins.includes(message.origin)) return;
  const data = message.data as { name?: string; body?: Shared } | null;
  if (data?.name === "healthcheck" && !shared) {
    (opener as Window).postMessage({ name: "receivedHealthcheck", body: {} }, message.origin);
  }
  if (data?.name === "ready" && data.body && !shared) show(data.body);
});

function show(body: Shared): void {
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

function update(): void {
  send.disabled = !shared || !boxes.some((b) => b.checked);
}

async function end(chats: boolean): Promise<void> {
  const body = new URLSearchParams();
  body.set("ott", form.dataset.ott ?? "");
  body.set("liffId", form.dataset.liff ?? "");
  if (chats) for (const b of boxes) if (b.checked) body.append("chat", b.value);
  send.disabled = true;
  try {
    const answer = await fetch(form.dataset.action ?? "", { method: "POST", body, credentials: "omit" });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    status.textContent = chats ? "Shared. You can close this window." : "Cancelled. You can close this window.";
    form.classList.add("done");
  } catch (error) {
    status.textContent = "The platform did not take it: " + (error as Error).message + ". Try again.";
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
export {};
