// The tab of tokens: what the app holds, read for people, with the time that is left.

import { ask, type Launch } from "./api";
import { check, opened, type Check } from "./checks";
import { now, offset, syncClock } from "./clock";
import { $, clockTime, copy, h, keepFocus, notice, say } from "./dom";
import { claimWords } from "./explain";
import * as phone from "./phone";
import * as sheets from "./sheets";

function left(until: number): string {
  const s = Math.round((until - now()) / 1000);
  if (s <= 0) return "expired";
  return `${Math.floor(s / 3600)} h ${String(Math.floor((s % 3600) / 60)).padStart(2, "0")} min ${String(s % 60).padStart(2, "0")} s left`;
}

// A bar that empties, and the same as text.
function countdown(from: number, until: number): HTMLElement {
  return h("p", { class: "countdown", "data-from": from, "data-until": until },
    h("progress", { max: 1, value: 1, "aria-hidden": "true" }), h("span", {}, left(until)));
}

let said = ""; // of the time that is left, once a minute

export function tick(): void {
  const clock = $("platform-clock");
  clock.hidden = offset() === "";
  clock.textContent = `platform's clock ${offset()}`;
  for (const row of document.querySelectorAll<HTMLElement>(".countdown")) {
    const [from, until] = [Number(row.dataset.from), Number(row.dataset.until)];
    const bar = row.querySelector("progress");
    if (bar) bar.value = Math.max(0, Math.min(1, (until - now()) / (until - from)));
    const text = row.querySelector("span");
    if (text) text.textContent = left(until);
  }
  const one = phone.current();
  if (!one?.launch?.idToken || one.revokedAt) return;
  const minute = left(expiry(one.launch)).replace(/ \d\d s/, "");
  if (said && minute !== said) say("ID token: " + minute);
  said = minute;
  draw();
}

// When the ID token expires, or the access token if there is none; in milliseconds.
function expiry(launch: Launch): number {
  return launch.idToken ? Number(opened(launch.idToken).payload.exp) * 1000 : new Date(launch.expiresAt).getTime();
}

function act(label: string, title: string, what: () => Promise<unknown>, done: () => string): HTMLElement {
  const run = async (): Promise<void> => {
    await what();
    await syncClock();
    phone.draw();
    tick();
    if (done()) notice(done());
  };
  return h("button", { type: "button", title, onclick: () => void run().catch((e: unknown) => sheets.failed(e)) }, label);
}

const clockNow = (): string => `The platform's clock shows ${clockTime(now())}` + (offset() ? `, ${offset()}` : ", the real time");

// What the panel shows: it is drawn again if that changes, so that nobody loses the focus.
let drawn = "";

export function draw(): void {
  const one = phone.current();
  const at = $("panel-tokens");
  const what = JSON.stringify([one?.launch?.accessToken, one?.revokedAt, one === null, one?.launch ? now() >= expiry(one.launch) : ""]);
  if (what === drawn) return;
  drawn = what;
  const back = keepFocus(at);
  if (!one?.launch) {
    at.replaceChildren(h("p", { class: "empty" }, one
      ? "This phone runs the app without handing tokens over: the app has to log in. Its tokens are under Storage."
      : "No app is open. Open one, and its tokens are taken apart here."));
    return;
  }
  const launch = one.launch;
  const expires = new Date(launch.expiresAt).getTime();
  const { header, payload } = opened(launch.idToken);
  const exp = expiry(launch);
  const checks = h("details", { class: "order" }, h("summary", {}, "Checks: asking the platform for its keys …"));
  if (launch.idToken) check(launch.idToken, launch.channelId, launch.userId).then((list) => showChecks(checks, list), () => checks.remove());
  at.replaceChildren(
    h("section", { class: "token" + (one.revokedAt ? " dead" : "") },
      h("h2", {}, "Access token ", h("span", { class: "tag" }, one.revokedAt ? "revoked " + clockTime(one.revokedAt) : "live")),
      h("p", { class: "raw" }, h("code", {}, launch.accessToken.slice(0, 24) + "…"), h("button", { type: "button", onclick: () => void copy(launch.accessToken, "Access token") }, "Copy")),
      one.revokedAt ? null : countdown(expires - 12 * 3600e3, expires),
      h("p", { class: "note" }, `Of channel ${launch.channelId}, for ${launch.scopes.join(", ")}. Opaque: a server asks the platform what it stands for, and for which channel. ` + (one.revokedAt ? "It lived until the app was closed." : "It lives 12 hours, or until the app is closed."))),
    launch.idToken ? h("section", { class: "token" },
      h("h2", {}, "ID token ", h("span", { class: "tag" }, String(header.alg))),
      h("p", { class: "raw" }, h("code", {}, launch.idToken.slice(0, 24) + "…"), h("button", { type: "button", onclick: () => void copy(launch.idToken, "ID token") }, "Copy")),
      countdown(Number(payload.iat) * 1000, exp),
      checks,
      h("table", {}, h("caption", {}, "Payload"), h("tbody", {}, ...Object.entries(payload).map(([k, v]) =>
        h("tr", {}, h("th", { scope: "row" }, h("code", {}, k)), h("td", {}, h("b", {}, time(k, v)), h("span", { class: "note" }, claimWords[k] ?? "")))))),
      h("p", { class: "note" }, `Header: ${header.alg}, key ${String(header.kid).slice(0, 12)}…. The signature stays good when the app is closed: until exp a server must check the access token, too, if it wants to know.`))
      : h("p", { class: "note" }, "No ID token: the scope openid was not granted."),
    h("section", { class: "token" },
      h("h2", {}, "Make trouble"),
      h("p", { class: "buttons" },
        one.revokedAt ? null : act("Close and revoke", "what the LIFF browser does on close", () => phone.finish(one), () => ""),
        act("1 s before expiry", "moves the platform's clock to one second before the ID token expires", () => ask("clock", { at: new Date(exp - 1000).toISOString() }), clockNow),
        act("Expire now", "moves the platform's clock behind exp of the ID token", () => ask("clock", { at: new Date(exp + 1000).toISOString() }), clockNow),
        act("Rotate key", "the platform signs with its next key from now on", () => ask("rotate", {}),
          () => "The platform signs with its next key: open the app again for a token by it. Tokens by the old key stay good."),
        act("Real time", "the platform's clock shows the real time again", () => ask("clock", { reset: true }), clockNow)),
      h("p", { class: "note" }, "The clock is the platform's alone: your server and this browser keep theirs.")));
  for (const bar of at.querySelectorAll("progress")) bar.value = 0.999; // until the next tick
  back();
}

// Shows the checks in the order in which a server must make them.
function showChecks(at: HTMLElement, list: Check[]): void {
  const count = (result: string): number => list.filter((c) => c.result === result).length;
  const failed = list.find((c) => c.result === "fail");
  at.replaceChildren(
    h("summary", {}, failed ? `Checks: refused by ${failed.name}` : `Checks: ${count("pass")} pass, ${count("not run")} have nothing to check`),
    h("table", {}, h("caption", {}, "In the order in which a server must make them, run in this page"), h("tbody", {}, ...list.map((c) =>
      h("tr", { class: c.result.replace(" ", "-"), "data-check": c.name }, h("th", { scope: "row" }, h("code", {}, c.name), h("span", { class: "result" }, c.result)),
        h("td", {}, h("b", {}, c.actual), h("span", { class: "note" }, `Expected: ${c.expected}. If it is left out: ${c.skipped}`)))))));
  if (failed) at.setAttribute("open", "");
}

function time(name: string, value: unknown): string {
  if (["exp", "iat", "auth_time"].includes(name) && typeof value === "number") return `${value} · ${new Date(value * 1000).toLocaleString("en-GB")}`;
  return typeof value === "string" ? value : JSON.stringify(value);
}
