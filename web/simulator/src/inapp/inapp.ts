// The script in front of a LIFF app that tegata serves. It brings the unmodified LIFF SDK
// to the platform, makes the phone's frame a LIFF browser, and looks at what the app does
// with the user's data. It runs before any script of the app and changes nothing on disk.

import { wearPhone } from "./agent";
import { listenToPhone } from "./conditions";
import { wrapNetwork } from "./network";
import { liffStore } from "./secrets";
import { freshen } from "./session";
import { phone, platform } from "./settings";
import { tell } from "./tell";
import { watch } from "./watch";
import { wrapWindows } from "./windows";

// Shows the simulator what is on the console and in the SDK's storage.
function showInside(): void {
  for (const level of ["log", "info", "warn", "error", "debug"] as const) {
    const say = console[level].bind(console);
    console[level] = (...args: unknown[]) => {
      say(...args);
      tell({ kind: "console", level, what: args.map((a) => (a instanceof Error ? a.message : typeof a === "object" ? safeJSON(a) : String(a))).join(" ").slice(0, 2000) });
    };
  }
  addEventListener("error", (event) => tell({ kind: "console", level: "error", what: event.message }));
  addEventListener("unhandledrejection", (event) => tell({ kind: "console", level: "error", what: String((event.reason as Error | null)?.message ?? event.reason) }));
  let last = "";
  const showStorage = (): void => {
    const keys = Object.fromEntries([...liffStore()].map(([k, v]) => [k, v]));
    const now = JSON.stringify(keys);
    if (now !== last) tell({ kind: "storage", keys });
    last = now;
  };
  addEventListener("DOMContentLoaded", () => tell({ kind: "loaded", what: location.href.split("#")[0] ?? "" }));
  setInterval(showStorage, 700);
}

function safeJSON(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}

if (platform && !(globalThis as { __tegataInApp?: true }).__tegataInApp) {
  (globalThis as { __tegataInApp?: true }).__tegataInApp = true;
  freshen();
  wearPhone();
  listenToPhone();
  wrapWindows();
  wrapNetwork();
  watch();
  if (phone) showInside();
}
