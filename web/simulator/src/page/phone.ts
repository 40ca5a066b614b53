// The phone: which windows are open in it, which rest as bubbles, and how they end.

import { ask, type App, type Launch, type Message } from "./api";
import { now, syncClock } from "./clock";
import { bubble, chatOf } from "./chat";
import { $, clockTime, h, initial, say } from "./dom";
import { mayRest, type Opened } from "./opened";
import { card, drawWindow } from "./screen";
import { set, state } from "./state";

// The windows of the phone: the app, and a sub window above it.
const stack: Opened[] = [];
// Apps that were closed and can be resumed: their frames live on, out of sight.
const resting: Opened[] = [];
let last: Opened | null = null; // what the tabs speak of
let chosen: App | undefined; // what would be opened next
const listeners = { changed: [] as (() => void)[], loaded: [] as (() => void)[] };

// How long an app can be resumed (LINE's rule), and how many may rest (our choice).
const restTime = 12 * 3600e3;
const maxResting = 5;

export const current = (): Opened | null => last;
export const top = (): Opened | undefined => stack.at(-1);
export const windows = (): Opened[] => [...stack, ...resting];

export function onChange(f: () => void): void {
  listeners.changed.push(f);
}

// Calls f whenever a page of an app has come.
export function onLoad(f: () => void): void {
  listeners.loaded.push(f);
}

export const changed = (): void => listeners.changed.forEach((f) => f());

// The agent of the phone, as LINE's app on it sends it.
function agent(as: string): string {
  if (as === "external") return "";
  const line = `Line/${state.line}` + (as === "liff" ? " LIFF" : "");
  return state.os === "ios"
    ? `Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Safari ${line}`
    : `Mozilla/5.0 (Linux; Android 15; Pixel 9; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/140.0.0.0 Mobile Safari/537.36 ${line}`;
}

// The app's view, or what the developer chose in its place.
const viewOf = (app: App): string => (state.as === "external" ? "full" : state.view || app.view);

// Tells which app is chosen: its chat is shown while nothing is open.
export function choose(app: App | undefined): void {
  chosen = app;
}

let turn: Promise<void> = Promise.resolve();

// Opens an app in the phone. What was open is closed, and may rest. One opening follows the
// other: who presses twice has one window.
export function open(app: App, rest: string, msit = ""): Promise<void> {
  const opening = turn.then(() => openNow(app, rest, msit));
  turn = opening.catch(() => undefined);
  return opening;
}

async function openNow(app: App, rest: string, msit: string): Promise<void> {
  if (!app.origin) {
    card("This app cannot be opened here", [app.skipped]);
    return;
  }
  if (!msit) {
    while (stack.length > 0) await close(false);
    for (const old of resting.filter((o) => o.app.liffId === app.liffId)) await end(old);
  }
  const launch = state.as === "liff" ? await launchApp(app, rest, msit).catch((error: unknown) => {
    if (stack.length === 0) card("Not open", [`${app.description || app.liffId} could not be opened.`], [openAgain("Try again")]);
    throw error;
  }) : null;
  // A sub window of the same app shares the storage of the first.
  const opening = windows().find((o) => o.app.liffId === app.liffId)?.opening ?? crypto.randomUUID();
  const one: Opened = {
    opening, app, launch, as: state.as, view: viewOf(app), revokedAt: "", msit, frame: newFrame(app, msit, opening), at: "", chat: chatOf(app), bubbles: 0, until: 0, loaded: false,
  };
  one.frame.addEventListener("load", () => {
    one.loaded = true;
    draw();
    listeners.loaded.forEach((f) => f());
  });
  one.frame.src = launch ? launch.url : endpointAt(app, rest);
  stack.push(one);
  last = one;
  draw();
  // On a narrow page the phone is below the controls.
  if (matchMedia("(max-width: 760px)").matches) $("phone").scrollIntoView();
  say(app.description + " is open");
}

function newFrame(app: App, msit: string, opening: string): HTMLIFrameElement {
  const frame = document.createElement("iframe");
  frame.title = app.description || app.liffId;
  frame.name = "tegata-phone:" + JSON.stringify({
    as: state.as, agent: agent(state.as) + (msit ? "/SubWindow" : ""), language: state.lang, sub: msit !== "",
    liffId: app.liffId, opening, net: state.net, alone: windows().every((one) => one.app.origin !== app.origin),
  });
  frame.allow = "clipboard-write";
  return frame;
}

export function endpointAt(app: App, rest: string): string {
  const u = new URL(app.endpointUrl);
  const at = app.origin + u.pathname + u.search;
  return rest ? at + (u.search ? "&" : "?") + "liff.state=" + encodeURIComponent(rest) : at;
}

// The scopes that the user grants; undefined: all of the app's.
export const grantedScopes = (): string[] | undefined => (state.scopes === "*" ? undefined : state.scopes.split(" ").filter(Boolean));

function launchApp(app: App, rest: string, msit: string): Promise<Launch> {
  return ask<Launch>("launch", {
    liffId: app.liffId, person: state.user, chat: state.chat, rest, view: viewOf(app),
    ...(state.chatid && state.chat !== "none" ? { chatId: state.chatid } : {}),
    ...(state.scopes === "*" ? {} : { scopes: grantedScopes() }),
    ...(state.friend === "" ? {} : { friend: state.friend === "yes" }),
    ...(state.consent === "yes" ? { consentWindow: true } : {}),
    ...(state.bar === "" ? {} : { headerColor: state.bar }),
    ...(state.scheme === "both" ? { adaptsToDark: true } : {}),
    ...(msit ? { subWindow: msit } : {}),
  });
}

// Grants more scopes to an open app: it gets new tokens.
export async function grant(one: Opened, scopes: string[]): Promise<Launch | null> {
  if (!one.launch) return null;
  const more = await ask<Launch>(`launch/${one.launch.id}/grant`, { scopes });
  Object.assign(one.launch, { accessToken: more.accessToken, idToken: more.idToken, scopes: more.scopes, expiresAt: more.expiresAt });
  set({ scopes: one.app.scopes.every((s) => more.scopes.includes(s)) ? "*" : more.scopes.join(" ") });
  changed();
  return more;
}

// Closes the top window. The access token is revoked before it is shown as closed, unless
// the app may rest and that is wished.
export async function close(show = true): Promise<void> {
  const one = stack.at(-1);
  if (!one) return;
  if (state.keep === "yes" && mayRest(one)) {
    await minimise();
    if (show) restingCard(one);
    return;
  }
  await finish(one, show);
}

// Closes a window for good.
export async function finish(one: Opened, show = true): Promise<void> {
  await end(one);
  if (one.msit) await ask(`subwindow/${one.msit}`, { status: "close" }).catch(() => undefined);
  last = stack.at(-1) ?? one;
  draw();
  if (stack.length === 0 && show) closedCard(one);
}

// Takes a window away and revokes its access token.
async function end(one: Opened): Promise<void> {
  one.frame.remove();
  for (const list of [stack, resting]) {
    const at = list.indexOf(one);
    if (at >= 0) list.splice(at, 1);
  }
  try {
    if (one.launch && !one.revokedAt) {
      const out = await ask<{ revokedAt?: string }>(`launch/${one.launch.id}/close`, { keep: false });
      one.revokedAt = out.revokedAt ?? "";
    }
  } catch (error) {
    if (stack.length === 0) card("Closed here, but not revoked", ["The access token may still be good."], [openAgain()]);
    throw error;
  } finally {
    draw();
  }
}

// Lets the app rest as a bubble.
export async function minimise(): Promise<void> {
  const one = stack.at(-1);
  if (!one || !mayRest(one)) return;
  stack.pop();
  one.until = now() + restTime;
  resting.push(one);
  const oldest = resting.length > maxResting ? resting[0] : undefined;
  if (oldest) await end(oldest);
  draw();
  say(`${one.app.description} is minimised`);
}

export async function resume(one: Opened): Promise<void> {
  await syncClock();
  if (now() >= one.until) {
    await end(one);
    await open(one.app, "");
    say("The 12 hours are over: the app starts anew");
    return;
  }
  while (stack.length > 0) await close(false);
  resting.splice(resting.indexOf(one), 1);
  stack.push(one);
  last = one;
  draw();
  say(one.app.description + " is open again");
}

const openAgain = (label = "Open again"): HTMLElement => h("button", { type: "button", class: "main", onclick: () => $("open").click() }, label);

let tryOld = (): void => undefined;

// Says what the card of a closed app does to try the old token.
export function onTry(f: () => void): void {
  tryOld = f;
}

function closedCard(one: Opened): void {
  const words = one.revokedAt ? `Access token revoked at ${clockTime(one.revokedAt)}.` : "It ran without tokens of the phone.";
  card("Closed", [words], [
    openAgain(),
    one.revokedAt ? h("button", { type: "button", onclick: () => tryOld() }, "Try the old token against your server") : null,
  ]);
  say("Closed. " + words);
}

function restingCard(one: Opened): void {
  const words = `The access token lives on: the app can be resumed until ${clockTime(one.until)}.`;
  card("Closed", [words], [
    h("button", { type: "button", class: "main", onclick: () => void resume(one) }, "Resume"),
    h("button", { type: "button", onclick: () => void finish(one) }, "End it"),
  ]);
  say("Closed. " + words);
}

// Draws the phone as it is.
export function draw(): void {
  for (const one of windows()) {
    one.frame.style.colorScheme = state.theme;
    if (one.frame.parentElement === null) $("frame").append(one.frame);
    one.frame.hidden = one !== stack.at(-1);
  }
  drawWindow(stack.at(-1), resting.map((one) => h("button", { type: "button", class: "bubble", title: `Resume ${one.app.description}`, onclick: () => void resume(one) },
    h("span", { "aria-hidden": "true" }, initial(one.app.description || one.app.liffId)), h("span", { class: "said" }, `Resume ${one.app.description}`))), stack[0]?.chat ?? chatOf(chosen));
  changed();
}

// Shows the messages that the app has sent into its chat.
export async function refreshChat(): Promise<void> {
  const one = stack[0] ?? last;
  if (!one?.launch) return;
  const answer = await ask<{ messages: Message[] }>("launch/" + one.launch.id);
  for (const m of answer.messages.slice(one.bubbles)) bubble(one.chat, m.text ?? m.altText ?? `[${m.type}]`);
  one.bubbles = answer.messages.length;
}

// Tells the script in front of an app what the phone wishes.
export function wish(one: Opened, what: { net?: string; reload?: boolean; go?: string }): void {
  one.frame.contentWindow?.postMessage({ tegata: what }, one.app.origin);
}

export const setNetwork = (): void => windows().forEach((one) => wish(one, { net: state.net }));

export const reload = (): void => {
  const one = stack.at(-1);
  if (one) wish(one, { reload: true });
};
