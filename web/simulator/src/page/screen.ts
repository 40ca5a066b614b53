// What the phone shows around an app: status, header, chat and cards.

import { drawChat, type Chat } from "./chat";
import { $, h } from "./dom";
import { mayRest, type Opened } from "./opened";
import { state } from "./state";

// Shows a card in place of the app.
export function card(title: string, words: string[], buttons: (HTMLElement | null)[] = []): void {
  const at = $("card");
  at.replaceChildren(h("h2", {}, title), ...words.map((w) => h("p", {}, w)), h("p", { class: "buttons" }, ...buttons));
  at.hidden = false;
}

// Draws the phone with its top window, if there is one, and the bubbles of resting apps.
export function drawWindow(one: Opened | undefined, resting: HTMLElement[], chat: Chat): void {
  const device = document.querySelector<HTMLElement>(".device");
  if (device) {
    device.dataset.theme = state.theme;
    device.dataset.width = state.device;
    device.dataset.os = state.os;
    device.dataset.net = state.net;
  }
  $("signal").textContent = state.net === "offline" ? "no network" : state.net === "slow" ? "slow network" : "LINE " + state.line;
  $("resting").replaceChildren(...resting);
  $("browser").hidden = !one;
  if (one) drawApp(one);
  drawChat(chat); // it has the room that the app leaves
}

function drawApp(one: Opened): void {
  $("card").hidden = true;
  $("browser").dataset.view = one.view;
  $("title").textContent = one.app.description || one.app.channelName;
  $("domain").textContent = new URL(one.app.endpointUrl).host;
  $("action").hidden = one.app.moduleMode && one.as === "liff";
  $("minimise").hidden = !mayRest(one);
  $("waiting").hidden = one.loaded;
  $("waiting").textContent = `Waiting for ${new URL(one.app.endpointUrl).host} …`;
  color(one);
}

// Colours the header by the app's own setting.
function color(one: Opened): void {
  const bar = document.querySelector<HTMLElement>(".bar");
  const menu = one.launch?.context.menuColorSetting as Record<string, Record<string, string>> & { adaptableColorSchemes?: string[] } | undefined;
  const dark = state.theme === "dark" && menu?.adaptableColorSchemes?.includes("dark");
  const colors = menu?.[dark ? "darkModeColor" : "lightModeColor"] ?? {};
  bar?.style.setProperty("--title", colors.titleTextColor ?? "#111111");
  // The SDK's standard grey is too pale to be read: the header shows a darker one.
  bar?.style.setProperty("--subtitle", colors.titleSubtextColor === "#B7B7B7" ? "#6b6b6b" : colors.titleSubtextColor ?? "#6b6b6b");
  bar?.style.setProperty("--back", colors.titleBackgroundColor ?? "#FFFFFF");
}
