// How the script speaks: to the simulator's page around the phone, and of findings to the
// app's own port, which keeps them.

import { phone, platform } from "./settings";

export type Told =
  | { kind: "close" | "loaded" | "missing" | "console" | "login" | "open" | "leave"; what?: string; level?: string; external?: boolean }
  | { kind: "picker"; ott: string; messages: unknown; isMultiple: boolean }
  | { kind: "subwindow"; url: string; msit: string }
  | { kind: "storage"; keys: Record<string, string> };

// Tells the simulator's page something. In an ordinary browser there is none.
export function tell(told: Told): void {
  if (phone) parent.postMessage({ tegata: told }, platform);
}

// The app may wrap fetch itself: what it wraps must not see our reports.
const send = window.fetch.bind(window);

// Reports a finding: what was done and where, never a value.
export function report(finding: { code: string; where?: string; fields?: string[] }): void {
  void send("/_tegata/report", {
    method: "POST", body: JSON.stringify(finding), keepalive: true,
    headers: { "Content-Type": "application/json" }, credentials: "omit",
  }).catch(() => undefined); // tegata has ended: nobody is left to tell
}
