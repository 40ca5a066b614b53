// What the script in front of the app tells, and what the phone does then.

import { ask, platform, type Message } from "./api";
import { notice } from "./dom";
import type { Opened } from "./opened";
import * as phone from "./phone";
import * as sheets from "./sheets";
import { set, state } from "./state";

interface Told {
  kind: string;
  what?: string;
  level?: string;
  external?: boolean;
  ott?: string;
  messages?: Message[];
  isMultiple?: boolean;
  url?: string;
  msit?: string;
  keys?: Record<string, string>;
}

// Opens a LIFF URL; a sub window if there is an msit.
type OpenLink = (url: string, msit: string) => Promise<void>;

interface Inside {
  console: { level: string; what: string; at: Date }[];
  storage: Record<string, string>;
}

export const inside: Inside = { console: [], storage: {} };

function note(level: string, what: string): void {
  inside.console.push({ level, what, at: new Date() });
  if (inside.console.length > 300) inside.console.shift();
  phone.changed();
}

export function listen(openLink: OpenLink): void {
  addEventListener("message", (event: MessageEvent<{ tegata?: Told }>) => {
    const one = phone.windows().find((o) => o.frame.contentWindow === event.source);
    const told = event.data?.tegata;
    if (!one || !told || event.origin !== one.app.origin) return;
    void hear(one, told, openLink).catch((error: unknown) => sheets.failed(error));
  });
}

async function hear(one: Opened, told: Told, openLink: OpenLink): Promise<void> {
  switch (told.kind) {
    case "loaded":
      one.at = told.what ?? "";
      phone.setNetwork();
      break;
    case "close":
      if (one === phone.top()) await phone.close();
      break;
    case "console":
      note(told.level ?? "log", told.what ?? "");
      break;
    case "storage":
      inside.storage = told.keys ?? {};
      phone.changed();
      break;
    case "login":
      await logIn(one, told.what ?? platform);
      break;
    case "open":
      sheets.openURL(told.what ?? "", told.external === true);
      break;
    case "leave":
      // LINE's in-app browser hands a LIFF URL to the LIFF browser.
      if (one.as === "inapp") set({ as: "liff" });
      await openLink(told.what ?? "", "");
      break;
    case "picker":
      await sheets.picker(told.ott ?? "", told.messages ?? [], told.isMultiple !== false);
      break;
    case "subwindow":
      if (!(await sheets.ownApp(told.url ?? "", told.msit ?? "", one))) await openLink(told.url ?? "", told.msit ?? "");
      break;
    case "missing":
      sheets.missing(told.what ?? "");
  }
}

// Without a redirect URI liff.login() comes back to the endpoint URL at the origin that
// asked; a tab is asked for by this page, so the origin is named.
function atPort(one: Opened, jump: string): string {
  const url = new URL(jump);
  if (url.pathname !== "/liff/v1/authorize" || url.searchParams.has("redirect_uri")) return jump;
  url.searchParams.set("redirect_uri", phone.endpointAt(one.app, ""));
  return url.href;
}

// A jump to the login. LINE's in-app browser logs in without a page; anything else needs a
// tab, for login pages never render in a frame.
async function logIn(one: Opened, jump: string): Promise<void> {
  const url = atPort(one, jump);
  if (one.as !== "inapp") {
    sheets.login(url, one.as === "liff" ? "In a LIFF browser the user is logged in already: liff.login() is for external browsers." : "");
    return;
  }
  const out = await ask<{ url: string; page: boolean; why: string }>("autologin", {
    url, from: one.app.origin, person: state.user, os: state.os, fails: state.auto === "fails",
    ...(state.scopes === "*" ? {} : { scopes: phone.grantedScopes() }),
  });
  note("info", "LINE's in-app browser: " + out.why);
  if (out.page) {
    sheets.login(out.url, `LINE's in-app browser: ${out.why}.`);
    return;
  }
  notice("LINE's in-app browser: " + out.why);
  phone.wish(one, { go: out.url });
}
