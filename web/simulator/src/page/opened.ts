// One window of the phone: an app that was opened in it.

import type { App, Launch } from "./api";
import type { Chat } from "./chat";

export interface Opened {
  app: App;
  launch: Launch | null; // null: an ordinary browser, without tokens
  as: string;
  view: string;
  revokedAt: string; // empty: live
  msit: string; // of a sub window
  opening: string; // by this the app knows a new opening from a new page
  frame: HTMLIFrameElement;
  at: string; // where the app is; empty until it says so
  chat: Chat; // from which it was opened
  bubbles: number; // messages shown
  loaded: boolean; // its first page has come
  until: number; // a resting app can be resumed before this time of the platform
}

// An app in Full size and without module mode can be resumed (LINE's newer rule).
export const mayRest = (one: Opened): boolean => one.launch !== null && one.view === "full" && !one.app.moduleMode && !one.msit;
