// What the user agent says about itself. None of it is proof of anything.

import type { Environment } from "./public.js";

const lineVersion = /\bLine\/([0-9]+\.[0-9]+\.[0-9]+)/;

// The LIFF browser keeps the mark for later pages of the tab. The second name is the
// one that LINE's SDK uses: a simulator that sets it serves both.
const mark = "tegata.liff:isInClient";
const marks = [mark, "LIFF_STORE:isInClient"];

/** Whether the page runs in a LIFF browser. Looks at the fragment, so ask before it is cleaned. */
export function isInClient(env: Environment): boolean {
  const agent = env.userAgent();
  if (/\bLine\/[0-9]+\.[0-9]+\.[0-9]+ LIFF/.test(agent)) {
    return true;
  }
  try {
    const storage = env.sessionStorage();
    if (marks.some((name) => storage.getItem(name) === "1")) {
      return true;
    }
    if (lineVersion.test(agent) && /[#&]access_token=/.test(env.href())) {
      storage.setItem(mark, "1");
      return true;
    }
  } catch {
    // Without storage there is no mark to find.
  }
  return false;
}

export function lineVersionOf(agent: string): string | null {
  return lineVersion.exec(agent)?.[1] ?? null;
}

export function osOf(agent: string): "ios" | "android" | "web" {
  if (/iPhone|iPad|iPod/.test(agent)) {
    return "ios";
  }
  return /Android/.test(agent) ? "android" : "web";
}
