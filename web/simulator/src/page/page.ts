// The LIFF browser in a page: a phone in the middle, how it is opened on the left, what
// happens inside on the right.

import { ask, type World } from "./api";
import { syncClock } from "./clock";
import * as controls from "./controls";
import { $, copy, say } from "./dom";
import { listen as hear } from "./hear";
import * as insideTabs from "./insidetabs";
import * as log from "./log";
import { readLink } from "./link";
import { mayRest, type Opened } from "./opened";
import * as phone from "./phone";
import { card } from "./screen";
import * as sheets from "./sheets";
import { set, state } from "./state";
import * as tokens from "./tokens";

const tabs = ["tokens", "network", "checks", "console", "storage"];

function showTab(name: string, focus = false): void {
  if (!tabs.includes(name)) name = "tokens";
  set({ tab: name });
  for (const t of tabs) {
    const tab = $("tab-" + t);
    tab.setAttribute("aria-selected", String(t === name));
    tab.tabIndex = t === name ? 0 : -1;
    $("panel-" + t).hidden = t !== name;
  }
  if (focus) $("tab-" + name).focus();
}

function wireTabs(): void {
  for (const [i, t] of tabs.entries()) {
    $("tab-" + t).addEventListener("click", () => showTab(t));
    $("tab-" + t).addEventListener("keydown", (event) => {
      const key = (event as KeyboardEvent).key;
      const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: tabs.length - 1 }[key];
      if (to === undefined) return;
      event.preventDefault();
      showTab(tabs[(to + tabs.length) % tabs.length] ?? "tokens", true);
    });
  }
}

async function openChosen(): Promise<void> {
  const link = controls.deepLink();
  if (!link?.app) {
    $("link").focus();
    return;
  }
  await phone.open(link.app, link.rest);
  controls.opened();
  await syncClock();
}

// What the proxy had to change is known once a page of the app has come.
async function refreshWorld(): Promise<void> {
  const world = await ask<World>("world");
  const one = phone.current();
  const now = world.apps.find((a) => a.liffId === one?.app.liffId);
  if (one && now) one.app.notes = now.notes;
  log.draw();
}

// Opens a LIFF URL that the app goes to, or a sub window.
async function openLink(url: string, msit: string): Promise<void> {
  const link = readLink(url);
  const app = link && controls.appByID(link.liffId);
  if (!link || !app) {
    sheets.stranger(url);
    if (msit) await ask("subwindow/" + msit, { status: "cancel" });
    return;
  }
  await phone.open(app, link.rest, msit);
  controls.opened();
}

// The LIFF URL of where the app is: what liff.permanentLink makes of it.
function liffURL(one: Opened): string {
  const base = one.app.origin + new URL(one.app.endpointUrl).pathname;
  const rest = one.at.startsWith(base) ? one.at.slice(base.length) : "";
  return `https://liff.line.me/${one.app.liffId}` + (rest && !/^[?#/]/.test(rest) ? "/" : "") + rest;
}

// The menu of the action button.
async function openMenu(): Promise<void> {
  const one = phone.top();
  if (!one) return;
  const choice = await sheets.menu(one, [
    ["reload", "Reload"], ["copy", "Copy the LIFF URL"], ...(mayRest(one) ? [["minimise", "Minimise"] as [string, string]] : []),
    ["outside", "Open in an ordinary browser"], ["about", "About this app, and what is granted"],
  ]);
  const todo: Record<string, () => void | Promise<void>> = {
    reload: phone.reload, copy: () => copy(liffURL(one), "LIFF URL"), minimise: phone.minimise,
    outside: () => void window.open(one.at.split("?")[0] || one.app.origin, "_blank", "noopener"), about: () => sheets.about(one),
  };
  await todo[choice ?? ""]?.();
}

function wireKeys(): void {
  addEventListener("keydown", (event) => {
    const at = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey || $<HTMLDialogElement>("sheet").open) return;
    if (at.matches("input:not([type=checkbox],[type=radio]), select, textarea")) {
      if (event.key === "Escape") at.blur();
      return;
    }
    const todo: Record<string, () => void> = {
      o: () => $("open").click(), x: () => void phone.close(), m: () => void phone.minimise(), r: phone.reload, "?": sheets.keys,
      a: () => $("app").focus(), l: () => $("link").focus(), u: () => $("find").focus(), p: () => $("frame").querySelector("iframe")?.focus(),
    };
    if (!sheets.singleKeys()) return;
    const n = Number(event.key);
    const f = n >= 1 && n <= 5 ? () => showTab(tabs[n - 1] ?? "tokens", true) : todo[event.key.toLowerCase()];
    if (f) {
      event.preventDefault();
      f();
    }
  });
}

function wirePaper(): void {
  const stored = localStorage.getItem("tegata.paper");
  if (stored) document.documentElement.dataset.theme = stored;
  $("paper").addEventListener("click", () => {
    const dark = document.documentElement.dataset.theme
      ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    document.documentElement.dataset.theme = dark ? "light" : "dark";
    localStorage.setItem("tegata.paper", dark ? "light" : "dark");
  });
}

function showWidth(): void {
  const frame = $("frame");
  new ResizeObserver(() => {
    const got = Math.round(frame.clientWidth);
    const want = Number(state.device);
    $("size-note").textContent = got === 0 ? "" : got === want ? `${got} CSS pixels wide` : `${got} CSS pixels wide: this window has no room for ${want}`;
  }).observe(frame);
}

async function start(): Promise<void> {
  wireTabs();
  wireKeys();
  wirePaper();
  showTab(state.tab);
  const run = (f: () => Promise<void>) => (event: Event) => {
    event.preventDefault();
    void f().catch((e: unknown) => sheets.failed(e));
  };
  $("controls").addEventListener("submit", run(openChosen));
  $("close").addEventListener("click", run(() => phone.close()));
  $("action").addEventListener("click", run(openMenu));
  $("minimise").addEventListener("click", run(phone.minimise));
  $("share").addEventListener("click", () => void copy(location.href, "Link"));
  $("help").addEventListener("click", sheets.keys);
  phone.onChange(() => {
    tokens.draw();
    insideTabs.draw();
  });
  phone.onLoad(() => void refreshWorld().catch(() => undefined)); // the page says by itself that its server is gone
  phone.onTry(log.tryOld);
  hear(openLink);
  const world = await ask<World>("world");
  sheets.setPeople(world.people);
  showStart(world, controls.start(world));
  showWidth();
  log.draw();
  log.listen();
  await syncClock();
  tick();
  setInterval(tick, 1000);
}

function tick(): void {
  $("clock").textContent = new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  tokens.tick();
}

// The card before the first opening; lost is what the page's address names and is not here.
function showStart(world: World, lost: string[]): void {
  const app = controls.app();
  const missing = lost.length ? [`The link of this page names what is not here: ${lost.join(", ")}.`] : [];
  if (!world.apps.some((a) => a.origin)) {
    card("No LIFF app here", [
      ...world.apps.slice(0, 3).map((a) => `${a.description || a.liffId}: ${a.skipped}.`),
      "Is your dev server running? Start tegata dev with --app and its URL, such as http://localhost:5173.",
    ]);
    return;
  }
  if (!app?.origin) {
    card("This app cannot be opened here", [`${app?.description || app?.liffId}: ${app?.skipped}.`, "Or choose another app."]);
    return;
  }
  const open = $("open").cloneNode(true) as HTMLElement;
  open.removeAttribute("id");
  open.setAttribute("form", "controls");
  const person = world.people.find((p) => p.handle === state.user)?.name;
  card("Ready", [...missing, `${app.description || app.liffId} opens` + (person ? ` as ${person}.` : ".")], [open]);
}

start().catch((error: unknown) => {
  card("The page could not start", [(error as Error).message]);
  say("The page could not start");
});
