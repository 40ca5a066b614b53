// Storage of a webview: LINE's app opens each app in a new one, so that what an earlier
// opening left in sessionStorage is gone. The frames of the simulator's tab share it.

import { phone } from "./settings";

const mark = "tegata.opening:";

// Where a page leaves the phone's network for the next page of the app, whose first calls
// come before the phone can tell it.
export const netMark = "tegata.network";

// Empties sessionStorage at the first page of an opening. Beside an app of the same origin
// that is open still, only the keys of this app's SDK go.
export function freshen(): void {
  if (!phone || sessionStorage.getItem(mark + phone.liffId) === phone.opening) return;
  if (phone.alone) sessionStorage.clear();
  sessionStorage.removeItem(netMark); // the frame's name says it
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(`LIFF_STORE:${phone.liffId}:`) || key.startsWith(`tegata.liff:${phone.liffId}`)) sessionStorage.removeItem(key);
  }
  sessionStorage.setItem(mark + phone.liffId, phone.opening);
}
