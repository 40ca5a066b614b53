// LINE's hosts, as the LIFF SDK names them, lead to the platform. Their paths do not
// collide, so one origin serves them all.

import { home, platform } from "./settings";

const hosts = new Set([
  "access.line.me", "api.line.me", "liff.line.me", "miniapp.line.me", "liff-ext.line.me", "miniapp-ext.line.me",
  "liff-subwindow.line.me", "liff-shortcut.line.me", "static.line-scdn.net", "liffsdk.line-scdn.net",
]);

// Returns where a URL of LINE's leads, or null if it is none. So does one of the platform's
// own machine, for a browser that is elsewhere.
export function mapped(url: string | URL): string | null {
  let u: URL;
  try {
    u = new URL(url, location.href);
  } catch {
    return null;
  }
  const elsewhere = u.origin === home && home !== platform;
  if (!elsewhere && (u.protocol !== "https:" || !hosts.has(u.host))) return null;
  return platform + u.pathname + u.search + u.hash;
}

// Says whether a URL belongs to the platform or to LINE: what the SDK sends there is its
// own affair.
export function isPlatform(url: string): boolean {
  return mapped(url) !== null || new URL(url, location.href).origin === platform;
}
