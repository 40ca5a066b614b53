// The phone: its frame, its header, the chat behind, and what the app asks of it.

import { ask, platform, type App, type Launch, type Message } from "./api";
import { $, clockTime, h, say } from "./dom";
import * as sheets from "./sheets";
import { state } from "./state";

export interface Opened {
  app: App;
  launch: Launch | null; // null: an ordinary browser, without tokens
  revokedAt: string; // empty: live
  msit: string; // of a sub window
  frame: HTMLIFrameElement;
  bubbles: number; // messages shown
}

// The windows of the phone: the app, and a sub window above it.
const stack: Opened[] = [];
let last: Opened | null = null; // what the tabs speak of
const listeners: (() => void)[] = [];

export const current = (): Opened | null => last;

export function onChange(f: () => void): void {
  listeners.push(f);
}

const changed = (): void => listeners.forEach((f) => f());

// The agent of the phone, as LINE's app on it sends it.
export function agent(as: string): string {
  if (as === "external") return "";
  const line = `Line/${state.line}` + (as === "liff" ? " LIFF" : "");
  return state.os === "ios"
    ? `Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Safari ${line}`
    : `Mozilla/5.0 (Linux; Android 15; Pixel 9; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/140.0.0.0 Mobile Safari/537.36 ${line}`;
}

// The app's view, or what the developer chose in its place.
export function viewOf(app: App): string {
  return state.view || app.view;
}

// Opens an app in the phone.
export async function open(app: App, rest: string, msit = ""): Promise<void> {
  if (!app.origin) {
    card("This app cannot be opened here", [app.skipped]);
    return;
  }
  if (!msit) await closeAll(false);
  const launch = state.as === "liff" ? await launchApp(app, rest, msit) : null;
  const frame = document.createElement("iframe");
  frame.title = app.description || app.liffId;
  frame.name = "tegata-phone:" + JSON.stringify({
    as: state.as, agent: agent(state.as) + (msit ? "/SubWindow" : ""), language: state.lang, sub: msit !== "",
  });
  frame.allow = "clipboard-write";
  frame.style.colorScheme = state.theme;
  frame.src = launch ? launch.url : endpointAt(app, rest);
  const one: Opened = { app, launch, revokedAt: "", msit, frame, bubbles: 0 };
  stack.push(one);
  last = one;
  draw();
  // On a narrow page the phone is below the controls.
  if (matchMedia("(max-width: 760px)").matches) $("phone").scrollIntoView();
  say(app.description + " is open");
}

function endpointAt(app: App, rest: string): string {
  const u = new URL(app.endpointUrl);
  const at = app.origin + u.pathname + u.search;
  return rest ? at + (u.search ? "&" : "?") + "liff.state=" + encodeURIComponent(rest) : at;
}

function launchApp(app: App, rest: string, msit: string): Promise<Launch> {
  return ask<Launch>("launch", {
    liffId: app.liffId, person: state.user, chat: state.chat, rest, view: viewOf(app),
    ...(state.scopes === "*" ? {} : { scopes: state.scopes.split(" ").filter(Boolean) }),
    ...(state.friend === "" ? {} : { friend: state.friend === "yes" }),
    ...(msit ? { subWindow: msit } : {}),
  });
}

// Closes the top window. The access token is revoked before it is shown as closed.
export async function close(show = true): Promise<void> {
  const one = stack.at(-1);
  if (!one) return;
  await end(one);
  stack.pop();
  if (one.msit) await ask(`subwindow/${one.msit}`, { status: "close" }).catch(() => undefined);
  const below = stack.at(-1);
  if (below) last = below;
  draw();
  if (!below && show) closedCard(one);
}

async function end(one: Opened): Promise<void> {
  one.frame.remove();
  if (!one.launch || one.revokedAt) return;
  const out = await ask<{ revokedAt?: string }>(`launch/${one.launch.id}/close`, { keep: state.keep === "yes" });
  one.revokedAt = out.revokedAt ?? "";
}

async function closeAll(show: boolean): Promise<void> {
  while (stack.length > 0) await close(show);
}

function closedCard(one: Opened): void {
  const words = one.revokedAt
    ? `Access token revoked at ${clockTime(one.revokedAt)}.`
    : one.launch ? "The access token was kept: the app can be resumed for 12 hours." : "It ran without tokens of the phone.";
  card("Closed", [words], [
    h("button", { type: "button", class: "main", onclick: () => $("open").click() }, "Open again"),
    one.revokedAt ? h("button", { type: "button", onclick: () => $("tab-network").click() }, "Try the old token against your server") : null,
  ]);
  say("Closed. " + words);
}

// Shows a card in place of the app.
export function card(title: string, words: string[], buttons: (HTMLElement | null)[] = []): void {
  const at = $("card");
  at.replaceChildren(h("h2", {}, title), ...words.map((w) => h("p", {}, w)), h("p", { class: "buttons" }, ...buttons));
  at.hidden = false;
}

// Draws the phone as it is.
export function draw(): void {
  const one = stack.at(-1);
  const device = document.querySelector<HTMLElement>(".device");
  if (device) {
    device.dataset.theme = state.theme;
    device.dataset.width = state.device;
    device.dataset.os = state.os;
    device.dataset.as = state.as;
    device.dataset.net = state.net;
  }
  $("signal").textContent = state.net === "offline" ? "no network" : state.net === "slow" ? "slow network" : "LINE " + state.line;
  $("browser").hidden = !one;
  if (one) {
    $("card").hidden = true;
    $("browser").dataset.view = state.as === "external" ? "full" : viewOf(one.app);
    $("title").textContent = one.app.description || one.app.channelName;
    $("domain").textContent = new URL(one.app.endpointUrl).host;
    $("action").hidden = one.app.moduleMode;
    color(one);
    const frame = $("frame");
    if (one.frame.parentElement !== frame) frame.append(one.frame);
    for (const other of stack) other.frame.hidden = other !== one;
  }
  changed();
}

// Colours the header by the app's own setting.
function color(one: Opened): void {
  const bar = document.querySelector<HTMLElement>(".bar");
  const menu = one.launch?.context.menuColorSetting as Record<string, Record<string, string>> & { adaptableColorSchemes?: string[] } | undefined;
  const dark = state.theme === "dark" && menu?.adaptableColorSchemes?.includes("dark");
  const colors = menu?.[dark ? "darkModeColor" : "lightModeColor"] ?? {};
  bar?.style.setProperty("--title", colors.titleTextColor ?? "#111111");
  bar?.style.setProperty("--subtitle", colors.titleSubtextColor === "#B7B7B7" ? "#6b6b6b" : colors.titleSubtextColor ?? "#6b6b6b");
  bar?.style.setProperty("--back", colors.titleBackgroundColor ?? "#FFFFFF");
}

// Shows the messages that the app has sent into its chat.
export async function refreshChat(): Promise<void> {
  const one = stack[0] ?? last;
  if (!one?.launch) return;
  const now = await ask<{ messages: Message[] }>("launch/" + one.launch.id);
  for (const m of now.messages.slice(one.bubbles)) {
    bubble(m.text ?? m.altText ?? `[${m.type}]`);
  }
  one.bubbles = now.messages.length;
}

export function bubble(text: string): void {
  const line = h("li", { class: "mine" }, h("span", {}, text));
  $("bubbles").append(line);
  line.scrollIntoView({ block: "nearest" });
}

export function setNetwork(): void {
  for (const one of stack) one.frame.contentWindow?.postMessage({ tegata: { net: state.net } }, one.app.origin);
}

export const reload = (): void => {
  const one = stack.at(-1);
  if (one) one.frame.contentWindow?.postMessage({ tegata: { reload: true } }, one.app.origin);
};

// What the script in front of the app tells.
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

export interface Inside {
  console: { level: string; what: string; at: Date }[];
  storage: Record<string, string>;
}

export const inside: Inside = { console: [], storage: {} };

export function listen(openLink: (url: string, msit: string) => Promise<void>): void {
  addEventListener("message", (event: MessageEvent<{ tegata?: Told }>) => {
    const one = stack.find((o) => o.frame.contentWindow === event.source);
    const told = event.data?.tegata;
    if (!one || !told || event.origin !== one.app.origin) return;
    void hear(one, told, openLink).catch((error: unknown) => sheets.failed(error));
  });
}

async function hear(one: Opened, told: Told, openLink: (url: string, msit: string) => Promise<void>): Promise<void> {
  switch (told.kind) {
    case "loaded":
      setNetwork();
      break;
    case "close":
      await close();
      break;
    case "console":
      inside.console.push({ level: told.level ?? "log", what: told.what ?? "", at: new Date() });
      if (inside.console.length > 300) inside.console.shift();
      changed();
      break;
    case "storage":
      inside.storage = told.keys ?? {};
      changed();
      break;
    case "login":
      sheets.login(told.what ?? platform);
      break;
    case "open":
      sheets.openURL(told.what ?? "", told.external === true);
      break;
    case "leave":
      await openLink(told.what ?? "", "");
      break;
    case "picker":
      await sheets.picker(told.ott ?? "", told.messages ?? []);
      break;
    case "subwindow":
      if (!(await sheets.ownApp(told.url ?? "", told.msit ?? "", one))) await openLink(told.url ?? "", told.msit ?? "");
      break;
    case "missing":
      sheets.missing(told.what ?? "");
  }
}
