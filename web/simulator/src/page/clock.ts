// The platform's clock, which may be ahead of this browser's.

import { ask } from "./api";

let ahead = 0; // milliseconds

export async function syncClock(): Promise<void> {
  const answer = await ask<{ now: string }>("now");
  ahead = new Date(answer.now).getTime() - Date.now();
}

export const now = (): number => Date.now() + ahead;
