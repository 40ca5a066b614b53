// The platform's clock, which may be ahead of this browser's.

import { ask } from "./api";

let ahead = 0; // milliseconds

export async function syncClock(): Promise<void> {
  const answer = await ask<{ now: string }>("now");
  ahead = new Date(answer.now).getTime() - Date.now();
}

// How far the platform's clock is from this browser's, for people; empty: it shows the
// real time.
export function offset(): string {
  const s = Math.round(Math.abs(ahead) / 1000);
  if (s < 5) return "";
  const parts: [number, string][] = [[Math.floor(s / 86400), "d"], [Math.floor((s % 86400) / 3600), "h"], [Math.floor((s % 3600) / 60), "min"], [s % 60, "s"]];
  return (ahead > 0 ? "+" : "−") + parts.filter(([n]) => n > 0).slice(0, 2).map(([n, unit]) => `${n} ${unit}`).join(" ");
}

export const now = (): number => Date.now() + ahead;
