// What may stand in the field for a deep link: a LIFF URL of LINE's or of the platform, or
// what follows the LIFF ID in one.

import { platform } from "./api";

export interface DeepLink {
  liffId: string; // empty: the chosen app
  rest: string;
}

const liffURL = /^\/(\d+-[0-9A-Za-z]{8})(.*)$/;

// Returns null for what is none of these.
export function readLink(text: string): DeepLink | null {
  const given = text.trim();
  if (given === "" || /^[/?#]/.test(given)) return { liffId: "", rest: given };
  let u: URL;
  try {
    u = new URL(given);
  } catch {
    return null;
  }
  const ours = ["https://liff.line.me", "https://miniapp.line.me", platform].includes(u.origin);
  const found = liffURL.exec(u.pathname);
  if (!ours || !found) return null;
  return { liffId: found[1] ?? "", rest: (found[2] ?? "") + u.search + u.hash };
}
