// The left column: how the app is opened, and as whom.

import type { App, Person, World } from "./api";
import { $, h, initial } from "./dom";
import { readLink } from "./link";
import * as phone from "./phone";
import { set, standard, state, type State } from "./state";

let world: World = { apps: [], people: [], platform: "" };

export const app = (): App | undefined => world.apps.find((a) => a.liffId === state.app);

export function appByID(id: string): App | undefined {
  return world.apps.find((a) => a.liffId === id);
}

// The selects and inputs that are a state and nothing more.
const plain: (keyof State)[] = ["as", "auto", "chat", "chatid", "view", "keep", "device", "os", "line", "lang", "theme", "net", "bar", "scheme", "consent", "link"];

// Of these a change is seen when the app is opened again.
const atOpening: (keyof State)[] = ["app", "link", "as", "chat", "chatid", "view", "os", "line", "lang", "bar", "scheme", "user", "friend", "scopes", "consent"];
const opening = (): string => JSON.stringify(atOpening.map((name) => state[name]));
let openedWith = "";

// What a field shows for a state: the header is white unless the app has a colour.
const white = "#ffffff";
const shown = (name: keyof State): string => (name === "bar" && state.bar === "" ? white : state[name]);

// Starts the controls. It returns what the address of the page names and is not here.
export function start(w: World): string[] {
  world = w;
  const lost: string[] = [];
  const apps = $<HTMLSelectElement>("app");
  apps.replaceChildren(...w.apps.map((a) => h("option", { value: a.liffId, disabled: a.skipped !== "" }, `${a.description || a.liffId}${a.skipped ? " (not here)" : ""}`)));
  if (!app()) {
    if (state.app) lost.push(`LIFF app ${state.app}`);
    set({ app: w.apps.find((a) => a.origin)?.liffId ?? "" });
  }
  if (!w.people.some((p) => p.handle === state.user)) {
    if (state.user) lost.push(`user ${state.user}`);
    set({ user: w.people[0]?.handle ?? "" });
  }
  apps.value = state.app;
  apps.addEventListener("change", () => {
    set({ app: apps.value, scopes: "*", friend: "" });
    draw();
  });
  for (const name of plain) {
    const field = $<HTMLInputElement | HTMLSelectElement>(name);
    field.value = shown(name);
    if (field.matches("select") && field.value === "") set({ [name]: field.value = standard[name] } as Partial<State>); // no choice of this page
    field.addEventListener(field.matches("input[type=text]") ? "input" : "change", () => {
      set({ [name]: name === "bar" && field.value === white ? "" : field.value } as Partial<State>);
      checkLink();
      phone.draw();
      phone.setNetwork();
    });
  }
  $("find").addEventListener("input", drawPeople);
  $<HTMLInputElement>("friend").addEventListener("change", (event) => {
    set({ friend: (event.target as HTMLInputElement).checked ? "yes" : "no" });
    follow();
  });
  phone.onChange(follow);
  draw();
  const list = $("people");
  const at = list.querySelector<HTMLElement>(".person:has(:checked)");
  if (at) list.scrollTop = at.offsetTop - list.offsetTop - list.clientHeight / 2; // it may be far down
  return lost;
}

// Remembers with which choices the app was opened.
export function opened(): void {
  openedWith = opening();
  follow();
}

// Shows what the app or the phone changed, and what only the next opening will show.
function follow(): void {
  $<HTMLButtonElement>("open").disabled = !world.apps.some((a) => a.origin);
  $<HTMLSelectElement>("as").value = state.as;
  $("auto-row").hidden = state.as !== "inapp";
  $("keep-row").hidden = $("consent-row").hidden = state.as !== "liff";
  $("chatid-row").hidden = state.chat === "none";
  $("app").title = app()?.description || ""; // it may be longer than its field
  const view = app()?.view;
  $<HTMLSelectElement>("view").options[0]?.replaceChildren(view ? `As the app says: ${view}` : "As the app says");
  for (const box of document.querySelectorAll<HTMLInputElement>("#scopes input")) box.checked = state.scopes === "*" || state.scopes.split(" ").includes(box.value);
  $("stale").hidden = phone.top() === undefined || openedWith === opening();
}

// What the field for a deep link says: an app and what follows, or a note.
export function deepLink(): { app: App | undefined; rest: string } | null {
  const link = readLink(state.link);
  if (!link) return null;
  return { app: link.liffId ? appByID(link.liffId) : app(), rest: link.rest };
}

function checkLink(): void {
  const note = $("link-note");
  const link = deepLink();
  note.hidden = link !== null && link.app !== undefined;
  note.textContent = link === null ? "This is neither a LIFF URL nor what follows a LIFF ID: begin with /, ? or #." : "No LIFF app here has the LIFF ID of this link.";
}

function draw(): void {
  phone.choose(app());
  drawPeople();
  const chosen = app();
  const granted = state.scopes === "*" ? chosen?.scopes ?? [] : state.scopes.split(" ");
  $("scopes").replaceChildren(...(chosen?.scopes ?? []).map((s) => {
    const box = h("input", { type: "checkbox", checked: granted.includes(s), onchange: () => {
      const all = [...document.querySelectorAll<HTMLInputElement>("#scopes input")];
      set({ scopes: all.every((b) => b.checked) ? "*" : all.filter((b) => b.checked).map((b) => b.value).join(" ") });
      follow();
    }, value: s });
    return h("label", { class: "check" }, box, " ", h("code", {}, s));
  }));
  $("friend-row").hidden = !chosen?.botId;
  drawFriend();
  checkLink();
  phone.draw();
  follow();
}

function drawFriend(): void {
  const chosen = app();
  const person = world.people.find((p) => p.handle === state.user);
  const is = chosen && person ? person.friends.includes(chosen.botId) : false;
  $<HTMLInputElement>("friend").checked = state.friend === "" ? is : state.friend === "yes";
}

function drawPeople(): void {
  const find = $<HTMLInputElement>("find").value.trim().toLowerCase();
  const shown = world.people.filter((p) => `${p.name} ${p.handle} ${p.email} ${p.note}`.toLowerCase().includes(find));
  $("people").replaceChildren(...shown.map(personCard));
  if (shown.length === 0) $("people").append(h("p", { class: "note" }, world.people.length ? "Nobody has this name." : "No users yet: add some to the seed file, or by tegata user create, and reload this page."));
}

function personCard(p: Person): HTMLElement {
  const radio = h("input", { type: "radio", name: "user", value: p.handle, checked: p.handle === state.user, onchange: () => {
    set({ user: p.handle, friend: "" });
    drawFriend();
    phone.draw();
  } });
  return h("label", { class: "person" }, radio,
    p.picture ? h("img", { src: p.picture, alt: "", loading: "lazy", width: 32, height: 32 }) : h("span", { class: "face", "aria-hidden": "true" }, initial(p.name)),
    h("span", {}, h("b", {}, p.name), h("small", {}, p.note || p.handle)));
}
