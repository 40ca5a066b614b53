// Sheets: what LINE's app would show itself. The share target picker, the QR code reader,
// adding a friend, a login, another page, and what is not simulated.

import { ask, platform, Refused, type Message, type Person } from "./api";
import { $, h, notice, say } from "./dom";
import { missing as missingWords } from "./explain";
import type { Opened } from "./opened";
import { grant } from "./phone";
import { readPicture } from "./picture";
import { aside } from "./chat";
import { state } from "./state";

let people: Person[] = [];

export function setPeople(list: Person[]): void {
  people = list;
}

const dialog = (): HTMLDialogElement => $<HTMLDialogElement>("sheet");

interface Button {
  value: string;
  label: string;
  main?: boolean;
}

let turn: Promise<unknown> = Promise.resolve();

// Shows a sheet and waits for one of its buttons; null: the user closed it. An app may ask
// for a sheet while another is there: it waits, so that no answer goes to a question that
// was not read.
function show(title: string, body: (Node | string)[], buttons: Button[]): Promise<string | null> {
  const answer = turn.then(() => showNow(title, body, buttons));
  turn = answer;
  return answer;
}

function showNow(title: string, body: (Node | string)[], buttons: Button[]): Promise<string | null> {
  const d = dialog();
  const form = h("form", { method: "dialog" },
    h("h2", { id: "sheet-title" }, title), ...body.filter((b) => b !== ""),
    h("p", { class: "buttons" }, ...buttons.map((b) => h("button", { value: b.value, class: b.main ? "main" : null, formnovalidate: !b.main }, b.label))));
  d.replaceChildren(form);
  d.returnValue = "";
  d.showModal();
  say(title);
  return new Promise((done) => d.addEventListener("close", () => done(d.returnValue === "" ? null : d.returnValue), { once: true }));
}

export function failed(error: unknown): void {
  const fix = error instanceof Refused ? error.fix : "";
  void show("That did not work", [h("p", {}, (error as Error).message), fix ? h("p", { class: "note" }, fix) : ""], [{ value: "ok", label: "OK", main: true }]);
}

const wordsOf = (messages: Message[]): string => messages.map((m) => m.text ?? m.altText ?? m.type).join(" · ");

// The share target picker. Without multiple an app lets its user choose one only.
export async function picker(ott: string, messages: Message[], multiple: boolean): Promise<void> {
  const boxes = people.filter((p) => p.handle !== state.user).map((p) => {
    const box = h("input", { type: multiple ? "checkbox" : "radio", name: "chat", value: p.name, required: !multiple }) as HTMLInputElement;
    return { box, row: h("label", { class: "check" }, box, " ", h("span", {}, p.name)) };
  });
  const chosen = (): string[] => boxes.filter((b) => b.box.checked).map((b) => b.box.value);
  const list = h("div", { class: "checks list" }, ...boxes.map((b) => b.row));
  const follow = (): void => boxes[0]?.box.setCustomValidity(chosen().length ? "" : "Choose at least one, or cancel");
  list.addEventListener("change", follow);
  follow();
  const answer = await show("Share with", [
    boxes.length ? list : h("p", {}, "There is nobody else here: add users to the seed file, or by tegata user create."),
    h("p", { class: "note" }, "What is shared: " + wordsOf(messages)),
  ], [{ value: "cancel", label: "Cancel" }, ...(boxes.length ? [{ value: "send", label: "Share", main: true }] : [])]);
  const chats = answer === "send" ? chosen() : [];
  await ask("share", { ott, chats });
  if (chats.length > 0) aside(`Shared with ${chats.join(", ")}: ${wordsOf(messages)}`);
}

// LINE's own LIFF apps, which the SDK opens as sub windows.
const scanner = "1656359117-jxmx5e11";
const addFriend = "1656032314-CWSCEjzU";
const consent = "1656032314-Xgrw5Pmk";

// Asks for the text of a QR code: typed, or read from a picture.
async function scan(): Promise<string | null> {
  const input = h("input", { type: "text", autofocus: true, required: true, autocomplete: "off", "aria-label": "Text of the QR code", placeholder: "https://example.com/table/7" }) as HTMLInputElement;
  const result = h("p", { class: "note", role: "status" }, "");
  const file = h("input", { type: "file", accept: "image/*", onchange: () => {
    const picture = (file as HTMLInputElement).files?.[0];
    if (!picture) return;
    result.textContent = "Reading …";
    readPicture(picture).then(
      (text) => {
        input.value = text;
        result.textContent = "The picture says what is in the field.";
      },
      (error: unknown) => (result.textContent = (error as Error).message + "."),
    );
  } });
  const answer = await show("Scan a QR code", [
    h("label", { class: "row" }, "What the code says", input), h("label", { class: "row" }, "Or a picture of it", file), result,
  ], [{ value: "cancel", label: "Cancel" }, { value: "read", label: "Read", main: true }]);
  return answer === "read" ? input.value : null;
}

// Asks for the scopes that the user has not granted; null: refused.
async function askConsent(one: Opened): Promise<Record<string, string> | null> {
  const missing = one.app.scopes.filter((s) => !one.launch?.scopes.includes(s));
  const boxes = missing.map((s) => h("input", { type: "checkbox", value: s, checked: true }) as HTMLInputElement);
  const answer = await show(`${one.app.channelName} asks for more`, [
    h("div", { class: "checks" }, ...boxes.map((b) => h("label", { class: "check" }, b, " ", h("code", {}, b.value)))),
  ], [{ value: "cancel", label: "Not now" }, { value: "allow", label: "Allow", main: true }]);
  const chosen = boxes.filter((b) => b.checked).map((b) => b.value);
  if (answer !== "allow" || chosen.length === 0) return null;
  const more = await grant(one, chosen);
  return more ? { newAccessToken: more.accessToken, ...(more.idToken ? { newIdToken: more.idToken } : {}) } : null;
}

// Stands in for a LIFF app of LINE's own; false: it is none.
export async function ownApp(url: string, msit: string, one: Opened): Promise<boolean> {
  const id = new URL(url).pathname.split("/")[1] ?? "";
  const end = (status: string, result: unknown = {}): Promise<unknown> => ask("subwindow/" + msit, { status, result });
  if (id === scanner) {
    const text = await scan();
    await (text === null ? end("cancel") : end("submit", { message: text }));
    return true;
  }
  if (id === consent) {
    const tokens = await askConsent(one);
    await (tokens ? end("submit", tokens) : end("cancel"));
    return true;
  }
  if (id === addFriend) {
    const answer = await show("Add as a friend", [h("p", {}, `${one.app.botName} ${one.app.botId}`)],
      [{ value: "cancel", label: "Not now" }, { value: "add", label: "Add friend", main: true }]);
    if (answer === "add" && one.launch) await ask(`launch/${one.launch.id}/friend`, { friend: true });
    await (answer === "add" ? end("submit") : end("cancel"));
    return true;
  }
  return false;
}

// A login page never renders in a frame: it opens in a tab, whose name is the simulator's.
export function login(url: string, note: string): void {
  if (new URL(url).origin !== platform) return missing(url);
  void show("The app asks to log in", [
    h("p", {}, "Login and consent open in a tab of their own, and the app goes on there, as in an external browser."),
    note ? h("p", { class: "note" }, note) : "",
  ], [{ value: "cancel", label: "Stay" }, { value: "go", label: "Open the login tab", main: true }]).then((answer) => {
    if (answer === "go" && !window.open(url, "tegata-login")) notice("The browser blocked the login tab: allow pop-ups for this page");
  });
}

export function openURL(url: string, external: boolean): void {
  // The app says where to: a javascript: URL would be this page's own script.
  if (!/^https?:$/.test(new URL(url).protocol)) return missing(url);
  void show(external ? "The app opens a page in the phone's browser" : "The app opens a page in LINE's in-app browser", [h("p", {}, h("code", {}, url))],
    [{ value: "cancel", label: "Stay" }, { value: "go", label: "Open in a tab", main: true }]).then((answer) => {
    if (answer === "go") window.open(url, "_blank", "noopener");
  });
}

export function missing(what: string): void {
  void show("Not simulated", [
    h("p", {}, `The app called ${missingWords[what] ?? what}, which needs LINE's app itself.`),
    h("p", { class: "note" }, "What is simulated: docs/simulator.md, \"What the phone does\"."),
  ], [{ value: "ok", label: "OK", main: true }]);
}

// A LIFF URL that leads to no app of this platform.
export function stranger(url: string): void {
  void show("No such LIFF app here", [
    h("p", {}, "The app goes to a LIFF URL, and no LIFF app of this platform has its LIFF ID:"), h("p", {}, h("code", {}, url)),
    h("p", { class: "note" }, "Add the app to the seed file, or give the URL of its dev server with --app, and start tegata dev again."),
  ], [{ value: "ok", label: "OK", main: true }]);
}

export function confirmReplay(method: string, url: string): Promise<boolean> {
  return show("Send it again?", [h("p", {}, h("code", {}, `${method} ${url}`)), h("p", {}, `${method} may change something on your server.`)],
    [{ value: "cancel", label: "Cancel" }, { value: "go", label: "Send it again", main: true }]).then((a) => a === "go");
}

// The menu behind the action button; null: nothing was chosen.
export function menu(one: Opened, choices: [string, string][]): Promise<string | null> {
  return show(one.app.description || one.app.liffId, [
    h("div", { class: "menu" }, ...choices.map(([value, label]) => h("button", { value }, label))),
  ], [{ value: "", label: "Close" }]);
}

export function about(one: Opened): void {
  void show(one.app.description || one.app.liffId, [
    h("dl", {},
      h("dt", {}, "LIFF ID"), h("dd", {}, h("code", {}, one.app.liffId)),
      h("dt", {}, "Channel"), h("dd", {}, `${one.app.channelName} (${one.app.channelId})`),
      h("dt", {}, "Endpoint URL"), h("dd", {}, h("code", {}, one.app.endpointUrl)),
      h("dt", {}, "Served at"), h("dd", {}, h("code", {}, one.app.origin)),
      h("dt", {}, "Scopes of the app"), h("dd", {}, one.app.scopes.join(", ")),
      h("dt", {}, "Granted"), h("dd", {}, one.launch?.scopes.join(", ") ?? "asked at the login")),
  ], [{ value: "ok", label: "OK", main: true }]);
}

const single = "tegata.keys";

// Whether single keys act. Who speaks to the computer may not want that.
export const singleKeys = (): boolean => localStorage.getItem(single) !== "off";

export function keys(): void {
  const rows: [string, string][] = [
    ["O", "open the app"], ["X", "close the app"], ["M", "minimise the app"], ["R", "reload the app"], ["1 … 5", "tokens, network, checks, console, storage"],
    ["A", "choose the app"], ["L", "deep link"], ["U", "choose the user"], ["P", "go into the phone"], ["?", "this list"],
  ];
  const on = h("input", { type: "checkbox", checked: singleKeys(), onchange: () => localStorage.setItem(single, (on as HTMLInputElement).checked ? "on" : "off") });
  void show("Keys", [
    h("dl", { class: "keys" }, ...rows.flatMap(([k, w]) => [h("dt", {}, h("kbd", {}, k)), h("dd", {}, w)])),
    h("label", { class: "check" }, on, h("span", {}, "These keys act (anywhere but in a field)")),
  ], [{ value: "ok", label: "OK", main: true }]);
}
