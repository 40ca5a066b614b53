// The browser, as the one object through which this client reaches anything
// outside itself. Nothing is touched before it is used: importing the client on a
// server must not fail.

import type { Environment } from "./public.js";

export const browser: Environment = {
  href: () => window.location.href,
  rewrite: (url) => window.history.replaceState(window.history.state, "", url),
  navigate: (url) => window.location.assign(url),
  replace: (url) => window.location.replace(url),
  // noopener: the opened page must not be able to navigate the LIFF app.
  openWindow: (url) => void window.open(url, "_blank", "noopener"),
  closeWindow: () => window.close(),
  userAgent: () => navigator.userAgent,
  language: () => navigator.language,
  localStorage: () => window.localStorage,
  sessionStorage: () => window.sessionStorage,
  fetch: (url, init) => fetch(url, init),
  crypto: () => globalThis.crypto,
  now: () => Date.now(),
  info: (message) => console.info(message),
  warn: (message) => console.warn(message),
};
