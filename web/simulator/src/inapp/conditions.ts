// The network of the phone, and other wishes of the simulator's page.

import { netMark } from "./session";
import { phone, platform } from "./settings";

let net = "online";

// How much longer an answer takes in a slow network, in milliseconds.
export const slowness = 1500;

export const networkNow = (): string => net;

// Waits as long as the phone's network lets a request wait; throws when there is none.
export async function passNetwork(): Promise<void> {
  if (net === "offline") throw new TypeError("Failed to fetch");
  if (net === "slow") await new Promise((done) => setTimeout(done, slowness));
}

export function listenToPhone(): void {
  if (!phone) return;
  net = sessionStorage.getItem(netMark) ?? phone.net;
  Object.defineProperty(navigator, "onLine", { get: () => net !== "offline", configurable: true });
  addEventListener("message", (event: MessageEvent<{ tegata?: { net?: string; reload?: boolean; go?: string } } | null>) => {
    const wish = event.source === parent && event.origin === platform ? event.data?.tegata : undefined;
    if (!wish) return;
    event.stopImmediatePropagation(); // not the app's
    if (wish.reload) location.reload();
    if (wish.go) location.assign(wish.go); // an auto login: it comes from the app's own page
    if (wish.net && wish.net !== net) {
      const was = net;
      net = wish.net;
      sessionStorage.setItem(netMark, net);
      if ((was === "offline") !== (net === "offline")) window.dispatchEvent(new Event(net === "offline" ? "offline" : "online"));
    }
  }, true);
}
