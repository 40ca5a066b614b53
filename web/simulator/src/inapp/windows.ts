// Windows: jumps to LINE's hosts and schemes, the windows that the SDK opens, its hidden
// frame for messages, and the origin from which messages seem to come.

import { mapped } from "./hosts";
import { phone, platform } from "./settings";
import { tell } from "./tell";

interface NavigateEvent extends Event {
  destination: { url: string };
}

// Catches jumps before they happen (Navigation API).
function catchJumps(): void {
  const navigation = (window as unknown as { navigation?: EventTarget }).navigation;
  navigation?.addEventListener("navigate", (event) => {
    const jump = event as NavigateEvent;
    const url = jump.destination.url;
    if (/^(liff|line):/.test(url)) {
      event.preventDefault();
      nativeJump(url);
      return;
    }
    const to = mapped(url) ?? (isLoginPage(url) ? url : null);
    if (to === null) return;
    event.preventDefault();
    leave(to);
  });
}

// Says whether a URL is one of the platform's own that would not render in the phone.
function isLoginPage(url: string): boolean {
  const u = new URL(url);
  return phone !== null && u.origin === platform && /^\/(oauth2|liff)\//.test(u.pathname);
}

// Goes to a page of the platform. In the phone those do not render: a login belongs into
// a tab of its own, a LIFF URL to the simulator.
function leave(to: string): void {
  if (!phone) {
    location.assign(to);
    return;
  }
  const path = new URL(to).pathname;
  tell(/^\/\d+-[0-9A-Za-z]{8}(\/|$)/.test(path) ? { kind: "leave", what: to } : { kind: "login", what: to });
}

// What LINE's app does by its own schemes.
function nativeJump(raw: string): void {
  const url = new URL(raw);
  const query = url.searchParams;
  switch (url.protocol + "//" + (url.host || url.pathname.replace(/^\/+/, "").split("/")[0])) {
    case "liff://close":
      tell({ kind: "close" });
      break;
    case "liff://subwindow":
      tell({ kind: "subwindow", url: query.get("url") ?? "", msit: query.get("msit") ?? "" });
      break;
    case "line://picker": {
      const data = JSON.parse(query.get("data") ?? "{}") as { messages?: unknown; isMultiple?: boolean };
      tell({ kind: "picker", ott: query.get("ott") ?? "", messages: data.messages ?? [], isMultiple: data.isMultiple === true });
      break;
    }
    case "liff://app":
      break; // LINE's app changes what the SDK may do; here nothing changes
    default:
      tell({ kind: "missing", what: raw.split("?")[0] ?? raw });
  }
}

// A window that the SDK opens empty and then sends to LINE. The app's script holds this in
// its place: the location of another window cannot be watched.
function openedWindow(opened: Window): Window {
  const place = new Proxy({} as Location, {
    set(_target, name, value: string) {
      if (name === "href") opened.location.href = mapped(value) ?? value;
      return true;
    },
    get(_target, name) {
      if (name === "replace" || name === "assign") return (url: string) => opened.location.replace(mapped(url) ?? url);
      return Reflect.get(opened.location, name) as unknown;
    },
  });
  return new Proxy({} as Window, {
    get(_target, name) {
      switch (name) {
        case "location":
          return place;
        case "closed":
          return opened.closed;
        case "postMessage":
          return (message: unknown, to: string) => opened.postMessage(message, to.startsWith("https://") && mapped(to) ? platform : to);
        case "close":
          return () => opened.close();
        case "focus":
          return () => opened.focus();
        default: {
          const value = Reflect.get(opened, name) as unknown;
          return typeof value === "function" ? (value as (...a: unknown[]) => unknown).bind(opened) : value;
        }
      }
    },
    set(_target, name, value: string) {
      if (name === "location") opened.location.href = mapped(value) ?? value;
      else Reflect.set(opened, name, value);
      return true;
    },
  });
}

const externalMark = "is_liff_external_open_window";

function wrapOpen(): void {
  const open = window.open.bind(window);
  window.open = (url?: string | URL, target?: string, features?: string) => {
    const text = String(url ?? "");
    if (phone && phone.as === "liff" && text !== "") {
      // liff.openWindow() in LINE's app: inside of it, or in the phone's own browser.
      const to = new URL(text, location.href);
      const external = to.searchParams.get(externalMark) === "true";
      to.searchParams.delete(externalMark);
      tell({ kind: "open", what: mapped(to) ?? to.href, external });
      return null;
    }
    const opened = open(mapped(text) ?? url, target, features);
    return opened && text === "" ? openedWindow(opened) : opened;
  };
}

// The SDK sends the hidden frame of its sub windows to LINE by a form inside of it.
function wrapFrames(): void {
  const proto = HTMLIFrameElement.prototype;
  const found = Object.getOwnPropertyDescriptor(proto, "contentWindow");
  const get = found?.get;
  if (!found || !get) return;
  const done = new WeakSet<object>();
  Object.defineProperty(proto, "contentWindow", {
    ...found,
    get(this: HTMLIFrameElement) {
      const inner = get.call(this) as (Window & typeof globalThis) | null;
      if (this.src === "about:blank" && inner) {
        try {
          const form = inner.HTMLFormElement.prototype;
          if (!done.has(form)) {
            done.add(form);
            const submit = form.submit;
            form.submit = function () {
              this.action = mapped(this.action) ?? this.action;
              submit.call(this);
            };
          }
        } catch {
          // it has gone to the platform: nothing is left to change
        }
      }
      return inner;
    },
  });
}

// Messages from the platform's pages come as from the host of LINE's that the SDK expects.
function renameMessages(): void {
  addEventListener("message", (event) => {
    if (event.origin !== platform || event.source === parent && phone) return;
    event.stopImmediatePropagation();
    const data = event.data as Record<string, unknown> | null;
    const bus = typeof data === "object" && data !== null && ("messageBusEvent" in data || Object.keys(data).some((k) => k.startsWith("iframe-")));
    window.dispatchEvent(new MessageEvent("message", {
      data: event.data as unknown, source: event.source, ports: [...event.ports],
      origin: bus ? "https://liff-subwindow.line.me" : "https://access.line.me",
    }));
  }, true);
}

// LIFF's own page to close itself in an ordinary browser is window.close(); in a phone that
// is no native jump the simulator closes.
function wrapClose(): void {
  const close = window.close.bind(window);
  window.close = () => {
    if (phone) tell({ kind: "close" });
    else close();
  };
}

export function wrapWindows(): void {
  catchJumps();
  wrapOpen();
  wrapFrames();
  renameMessages();
  wrapClose();
}
