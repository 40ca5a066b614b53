// The tabs of the network and of the checks, fed by the journal of the server.

import { ask, path, type Entry, type Why } from "./api";
import { $, clockTime, copy, h, keepFocus, notice, say } from "./dom";
import { advice } from "./explain";
import * as phone from "./phone";
import * as sheets from "./sheets";

const entries: Entry[] = [];
let open = -1; // sequence number of the line that is open
// What is known of a line beside its entry, for the next drawing.
const verdicts = new Map<number, { good: boolean; text: string; body: string }>();
const reasons = new Map<string, Promise<Why | undefined>>();

export function listen(): void {
  const source = new EventSource(path + "api/events");
  watchServer(source);
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

// Says that the server of this page has ended, or was started anew: then it knows nothing
// of what is open here.
function watchServer(source: EventSource): void {
  let journal = "";
  let late = 0;
  const gone = $("gone");
  const show = (text: string): void => {
    gone.hidden = text === "";
    gone.firstElementChild?.replaceChildren(text);
  };
  source.onerror = () => {
    late ||= setTimeout(() => show("tegata dev does not answer. Look at its terminal, and start it again if it has ended."), 1500);
  };
  source.addEventListener("journal", (event: MessageEvent<string>) => {
    clearTimeout(late);
    late = 0;
    if (journal !== "" && journal !== event.data) {
      entries.length = 0;
      draw();
    }
    show(journal === "" || journal === event.data ? "" : "tegata dev was started anew, and knows nothing of what is open here. Reload this page: every choice is in its address.");
    journal ||= event.data;
  });
  $("reload").addEventListener("click", () => location.reload());
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
  const back = keepFocus(at, "[data-seq]");
  at.replaceChildren(
    clearButton(),
    h("ol", { class: "log" }, ...calls.slice(-120).reverse().map(line)));
  back();
}

const clearButton = (): HTMLElement =>
  h("p", { class: "buttons" }, h("button", { type: "button", title: "Forgets the calls and the findings", onclick: () => void clear().catch((error: unknown) => sheets.failed(error)) }, "Clear"));

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
  if (bad && e.requestId) {
    const why = h("span", { class: "reason" });
    button.append(why);
    void reasonOf(e.requestId).then((r) => why.append(r?.check ?? ""), () => undefined); // the details say more
  }
  const item = h("li", { "data-seq": e.seq }, button);
  if (open === e.seq) item.append(details(e));
  return item;
}

function details(e: Entry): HTMLElement {
  const why = h("div", { class: "why" });
  if (e.requestId && (e.status ?? 0) >= 400) void explain(e.requestId, why).catch(() => undefined); // the platform has forgotten it
  const verdict = verdicts.get(e.seq);
  const result = h("p", { class: "verdict" + (verdict ? (verdict.good ? " good" : " bad") : ""), role: "status" }, verdict?.text ?? "");
  return h("div", { class: "details" },
    h("p", { class: "note" }, `${clockTime(e.time)} · ${e.millis} ms` + (e.requestId ? ` · request ${e.requestId}` : "") + (e.token ? ` · carries the ${e.token}` : "")),
    h("pre", { tabindex: 0 }, e.url ?? ""), why,
    h("p", { class: "buttons" },
      h("button", { type: "button", onclick: () => void copy(e.curl ?? "", /\$(ACCESS|ID)_TOKEN/.test(e.curl ?? "") ? "With variables in place of tokens: curl" : "curl") }, "Copy as curl"),
      e.kind === "server" && e.token ? h("button", { type: "button", "data-with": "old", onclick: () => void replay(e, "old") }, "Send again with the old token") : null,
      e.kind === "server" && e.token ? h("button", { type: "button", onclick: () => void replay(e, "neighbour") }, "Send with a neighbour's token") : null),
    result, verdict?.body ? h("pre", { tabindex: 0, class: "answer" }, verdict.body) : null);
}

// Why the platform refused a call: asked once.
function reasonOf(requestId: string): Promise<Why | undefined> {
  const known = reasons.get(requestId) ?? ask<Why[]>("why/" + requestId).then((all) => all.findLast((one) => one.check));
  reasons.set(requestId, known);
  known.catch(() => reasons.delete(requestId));
  return known;
}

async function explain(requestId: string, at: HTMLElement): Promise<void> {
  const e = await reasonOf(requestId);
  if (!e) return;
  at.replaceChildren(h("dl", {},
    h("dt", {}, "Check"), h("dd", {}, e.check ?? ""),
    ...(e.given ? [h("dt", {}, "Given"), h("dd", {}, e.given)] : []),
    ...(e.expected ? [h("dt", {}, "Expected"), h("dd", {}, e.expected)] : []),
    h("dt", {}, "Fix"), h("dd", {}, e.fix ?? "")));
}

// Opens the last request of the app to its own server that carried a token: to send it
// again with the old one.
export function tryOld(): void {
  const e = entries.findLast((one) => one.kind === "server" && one.token);
  $("tab-network").click();
  if (!e) {
    notice("The app has sent no request with a token to its own server: open it again, and let it");
    return;
  }
  open = e.seq;
  drawNetwork();
  const item = document.querySelector(`[data-seq="${e.seq}"]`);
  item?.scrollIntoView({ block: "nearest" });
  item?.querySelector<HTMLElement>("[data-with=old]")?.focus();
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
    verdicts.set(e.seq, { good: out.refused, text: `${out.status}: ${out.verdict}`, body: out.body });
  } catch (error) {
    verdicts.set(e.seq, { good: false, text: (error as Error).message + ". " + ((error as { fix?: string }).fix ?? ""), body: "" });
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
  const at = $("panel-checks");
  const back = keepFocus(at);
  at.replaceChildren(
    ...(found.length ? [clearButton()] : []),
    ...(found.length ? found.map(finding) : [h("p", { class: "empty good" }, "No finding. tegata looks at every request of the app, and at what it stores; what it compares stays in the app's page.")]),
    ...(notes.length ? [h("section", { class: "token" }, h("h2", {}, "Changed in development"),
      h("p", { class: "note" }, "The proxy changed these headers of your dev server's answers. In production nobody does."),
      h("dl", {}, ...notes.flatMap((n) => [h("dt", {}, n.header), h("dd", {}, n.why, h("pre", { tabindex: 0 }, n.from + (n.to ? "\n→ " + n.to : "\n→ (removed)")))])))] : []));
  back();
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
    h("p", { class: "note" }, `${clockTime(e.time)} · app at ${f.app}`));
}
