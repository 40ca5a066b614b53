// The tabs of the network and of the checks, fed by the journal of the server.

import { ask, path, type Entry, type Why } from "./api";
import { $, clockTime, copy, h, say } from "./dom";
import { advice } from "./explain";
import * as phone from "./phone";
import * as sheets from "./sheets";

const entries: Entry[] = [];
let open = -1; // sequence number of the line that is open
// What is known of a line beside its entry, for the next drawing.
const verdicts = new Map<number, { good: boolean; text: string }>();
const reasons = new Map<string, Why | undefined>();

export function listen(): void {
  const source = new EventSource(path + "api/events");
  source.onmessage = (event: MessageEvent<string>) => {
    const e = JSON.parse(event.data) as Entry;
    entries.push(e);
    if (entries.length > 400) entries.shift();
    if (e.kind === "finding") {
      drawChecks();
      say("Alarm: " + (advice[e.finding?.code ?? ""]?.title ?? ""));
      return;
    }
    drawNetwork();
    if (e.kind === "platform" && e.status === 200 && e.url?.startsWith("/message/v3/share")) {
      void phone.refreshChat().catch((error: unknown) => sheets.failed(error));
    }
  };
}

export function draw(): void {
  drawNetwork();
  drawChecks();
}

function drawNetwork(): void {
  const calls = entries.filter((e) => e.kind !== "finding");
  const at = $("panel-network");
  if (calls.length === 0) {
    at.replaceChildren(h("p", { class: "empty" }, "Nothing yet. Calls of the app and of its server to the platform appear here, and those of the app to its own server that carry a token."));
    return;
  }
  const back = focusIn(at);
  at.replaceChildren(
    h("p", { class: "buttons" }, h("button", { type: "button", onclick: () => void clear() }, "Clear")),
    h("ol", { class: "log" }, ...calls.slice(-120).reverse().map(line)));
  back();
}

// Remembers which button has the focus, and returns what gives it back.
function focusIn(at: HTMLElement): () => void {
  const has = document.activeElement;
  const seq = has?.closest<HTMLElement>("[data-seq]")?.dataset.seq;
  if (!has || !at.contains(has)) return () => undefined;
  const buttons = (): HTMLElement[] => [...at.querySelectorAll<HTMLElement>(seq ? `[data-seq="${seq}"] button` : "button")];
  const nth = buttons().indexOf(has as HTMLElement);
  return () => buttons()[nth]?.focus();
}

async function clear(): Promise<void> {
  await ask("clear", {});
  entries.length = 0;
  draw();
}

function line(e: Entry): HTMLElement {
  const bad = (e.status ?? 0) >= 400;
  const button = h("button", { type: "button", class: "line" + (bad ? " bad" : ""), "aria-expanded": String(open === e.seq), onclick: () => {
    open = open === e.seq ? -1 : e.seq;
    drawNetwork();
    document.querySelector<HTMLElement>(`[data-seq="${e.seq}"] button`)?.focus();
  } },
  h("span", { class: "status" }, String(e.status ?? "")), h("span", { class: "method" }, e.method ?? ""),
  h("span", { class: "url" }, (e.url ?? "").split("?")[0] ?? ""),
  h("span", { class: "who" }, e.kind === "server" ? "app → your server" : e.from === "app" ? "app → platform" : "your server → platform"));
  const item = h("li", { "data-seq": e.seq }, button);
  if (open === e.seq) item.append(details(e));
  return item;
}

function details(e: Entry): HTMLElement {
  const why = h("div", { class: "why" });
  if (e.requestId && (e.status ?? 0) >= 400) void explain(e.requestId, why);
  const verdict = verdicts.get(e.seq);
  const result = h("p", { class: "verdict" + (verdict ? (verdict.good ? " good" : " bad") : ""), role: "status" }, verdict?.text ?? "");
  return h("div", { class: "details" },
    h("p", { class: "note" }, `${clockTime(e.time)} · ${e.millis} ms` + (e.requestId ? ` · request ${e.requestId}` : "") + (e.token ? ` · carries the ${e.token}` : "")),
    h("pre", { tabindex: 0 }, e.url ?? ""), why,
    h("p", { class: "buttons" },
      h("button", { type: "button", onclick: () => void copy(e.curl ?? "", "curl") }, "Copy as curl"),
      e.kind === "server" && e.token ? h("button", { type: "button", onclick: () => void replay(e, "old") }, "Send again with the old token") : null,
      e.kind === "server" && e.token ? h("button", { type: "button", onclick: () => void replay(e, "neighbour") }, "Send with a neighbour's token") : null),
    result);
}

async function explain(requestId: string, at: HTMLElement): Promise<void> {
  if (!reasons.has(requestId)) reasons.set(requestId, (await ask<Why[]>("why/" + requestId)).findLast((one) => one.check));
  const e = reasons.get(requestId);
  if (!e) return;
  at.replaceChildren(h("dl", {},
    h("dt", {}, "Check"), h("dd", {}, e.check ?? ""),
    ...(e.given ? [h("dt", {}, "Given"), h("dd", {}, e.given)] : []),
    ...(e.expected ? [h("dt", {}, "Expected"), h("dd", {}, e.expected)] : []),
    h("dt", {}, "Fix"), h("dd", {}, e.fix ?? "")));
}

interface Replayed {
  status: number;
  refused: boolean;
  verdict: string;
  body: string;
}

async function replay(e: Entry, token: "old" | "neighbour"): Promise<void> {
  const harmless = e.method === "GET" || e.method === "HEAD";
  if (!harmless && !(await sheets.confirmReplay(e.method ?? "", e.url ?? ""))) return;
  try {
    const out = await ask<Replayed>("replay", { entry: e.seq, with: token, confirmed: true });
    verdicts.set(e.seq, { good: out.refused, text: `${out.status}: ${out.verdict}` });
  } catch (error) {
    verdicts.set(e.seq, { good: false, text: (error as Error).message + ". " + ((error as { fix?: string }).fix ?? "") });
  }
  drawNetwork();
  say(verdicts.get(e.seq)?.text ?? "");
}

function drawChecks(): void {
  const found = entries.filter((e) => e.finding).reverse();
  const count = $("alarms");
  count.hidden = found.length === 0;
  count.textContent = String(found.length);
  const notes = phone.current()?.app.notes ?? [];
  $("panel-checks").replaceChildren(
    ...(found.length ? found.map(finding) : [h("p", { class: "empty good" }, "No finding. tegata looks at every request of the app, and at what it stores; what it compares stays in the app's page.")]),
    ...(notes.length ? [h("section", { class: "token" }, h("h2", {}, "Changed in development"),
      h("p", { class: "note" }, "The proxy changed these headers of your dev server's answers. In production nobody does."),
      h("dl", {}, ...notes.flatMap((n) => [h("dt", {}, n.header), h("dd", {}, n.why, h("pre", { tabindex: 0 }, n.from + (n.to ? "\n→ " + n.to : "\n→ (removed)")))])))] : []));
}

function finding(e: Entry): HTMLElement {
  const f = e.finding;
  const a = advice[f?.code ?? ""];
  if (!f || !a) return h("div");
  return h("section", { class: "finding" + (a.grave ? " grave" : ""), "data-code": f.code },
    h("h2", {}, a.title),
    h("p", { class: "where" }, h("code", {}, f.where ?? ""), f.fields?.length ? " " + f.fields.join(", ") : ""),
    h("p", {}, a.why, " ", h("cite", {}, `LINE: “${a.page}”`)),
    h("p", { class: "fix" }, h("b", {}, "Fix: "), a.fix),
    h("p", { class: "note" }, clockTime(e.time)));
}
