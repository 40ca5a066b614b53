// The browser that the app believes to be in: user agent, languages and the native bridge
// of LINE's app. Only in the phone of the simulator.

import { phone } from "./settings";
import { tell } from "./tell";

declare global {
  interface Window {
    _liff?: { features: string[]; postMessage: (...args: unknown[]) => void };
  }
}

function pretend(name: keyof Navigator, value: unknown): void {
  Object.defineProperty(navigator, name, { get: () => value, configurable: true });
}

export function wearPhone(): void {
  if (!phone) return;
  if (phone.agent) {
    pretend("userAgent", phone.agent);
    pretend("appVersion", phone.agent.replace(/^Mozilla\//, ""));
    Object.defineProperty(navigator, "userAgentData", { get: () => undefined, configurable: true });
  }
  hideScrollbars();
  pretend("language", phone.language);
  pretend("languages", Object.freeze([phone.language]));
  if (phone.as !== "liff") return;
  // The SDK waits for the features of the bridge; there are none, for each of them has
  // another way in.
  window._liff = {
    features: [],
    postMessage: (name: unknown) => tell({ kind: name === "closeWindow" ? "close" : "missing", what: String(name) }),
  };
  const prompt = window.prompt.bind(window);
  const language = phone.language;
  window.prompt = (message?: string, standard?: string) =>
    message === "LIFF:GET_APP_LANGUAGE" ? language : prompt(message, standard);
}

// Scrollbars of phones lie above the page and take no room. A sheet that is made here needs
// no permission of the app's policy, and any rule of the app's goes over it.
function hideScrollbars(): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(":where(html) { scrollbar-width: none }");
  document.adoptedStyleSheets.push(sheet);
}
