// The alarm: what the app sends and stores of the user's data. Values are compared here;
// the report has names and places only.

import { isPlatform } from "./hosts";
import { expired, liffStore, payload, secrets, type Secrets } from "./secrets";
import { report } from "./tell";

// What a request says, as text. Streams cannot be read without taking them away.
export async function bodyText(body: unknown): Promise<string> {
  if (typeof body === "string") return body;
  if (body instanceof URLSearchParams) return body.toString();
  if (body instanceof FormData) {
    return JSON.stringify([...body.entries()].map(([k, v]) => [k, typeof v === "string" ? v : ""]));
  }
  if (body instanceof Blob) return body.size < 1e6 ? body.text() : "";
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return new TextDecoder().decode(body);
  if (body instanceof Document) return body.documentElement.outerHTML;
  return "";
}

// Every text value in a body: of JSON, of a form, or the body itself.
function values(text: string): string[] {
  try {
    const found: string[] = [];
    const walk = (v: unknown): void => {
      if (typeof v === "string") found.push(v);
      else if (typeof v === "object" && v !== null) Object.values(v).forEach(walk);
    };
    walk(JSON.parse(text));
    return found;
  } catch {
    const form = [...new URLSearchParams(text).values()].filter((v) => v !== "");
    return [...form, text];
  }
}

// Which profile fields a text carries. A name is short and may be an ordinary word, so it
// must be a whole value; the others are found inside of one, too.
function fieldsIn(text: string, known: Secrets): string[] {
  const found = new Set<string>();
  const all = values(text);
  for (const [value, name] of known.fields) {
    if (name === "displayName" ? all.includes(value) : all.some((v) => v.includes(value))) found.add(name);
  }
  return [...found].sort();
}

function place(method: string, url: string): string {
  const u = new URL(url, location.href);
  return `${method.toUpperCase()} ${u.origin === location.origin ? "" : u.origin}${u.pathname}`;
}

// Text as it was before it was written into a URL; what is not encoded well stays.
const decoded = (text: string): string => decodeURIComponent(text.replace(/%(?![0-9A-Fa-f]{2})/g, "%25").replace(/\+/g, " "));

// What a path says to people: a token in it is not to be told on.
const blurred = (path: string, known: Secrets): string => [...known.tokens].reduce((at, [token, name]) => at.replaceAll(token, `(${name})`), path);

// Looks at a request before it leaves.
export async function look(method: string, url: string, headers: string, body: unknown, referrerPolicy = ""): Promise<void> {
  const target = new URL(url, location.href);
  if (isPlatform(url) || target.pathname.startsWith("/_tegata/") || !/^https?:$/.test(target.protocol)) return;
  const known = secrets();
  const text = await bodyText(body);
  const where = blurred(place(method, url), known);
  const query = decoded(target.pathname + target.search);
  lookAtReferrer(target, where, known, referrerPolicy);
  let carried = false;
  for (const [token, name] of known.tokens) {
    if (query.includes(token)) report({ code: "token-in-url", where, fields: [name] });
    const sent = headers.includes(token) || text.includes(token) || query.includes(token);
    carried ||= sent;
    if (sent && name === "ID token" && expired(token)) report({ code: "expired-id-token-sent", where });
  }
  const said = fieldsIn(text, known);
  const fields = said.length ? said : fieldsIn(decoded(target.search).slice(1), known);
  if (fields.length > 0 && !carried) report({ code: "profile-without-token", where, fields });
}

// With a token in the page's address, a request may carry it on as its Referer: always to
// the page's own origin, to others only by a loose policy.
function lookAtReferrer(target: URL, where: string, known: Secrets, asked: string): void {
  const address = decoded(location.pathname + location.search);
  const meta = document.querySelector<HTMLMetaElement>('meta[name="referrer" i]')?.content;
  const policy = asked || meta || "strict-origin-when-cross-origin";
  const whole = target.origin === location.origin
    ? !["no-referrer", "origin", "strict-origin"].includes(policy) : ["unsafe-url", "no-referrer-when-downgrade"].includes(policy);
  for (const [token, name] of whole ? known.tokens : []) {
    if (address.includes(token)) report({ code: "token-in-referer", where, fields: [name] });
  }
}

// What leaves without a call that can be wrapped: pictures, styles, event streams, links.
function lookAtLoads(): void {
  const seen = new Set(["fetch", "xmlhttprequest", "beacon"]);
  new PerformanceObserver((list) => {
    for (const e of list.getEntries() as PerformanceResourceTiming[]) {
      if (!seen.has(e.initiatorType)) void look("GET", e.name, "", undefined);
    }
  }).observe({ type: "resource", buffered: true });
  (window as unknown as { navigation?: EventTarget }).navigation?.addEventListener("navigate", (event) => {
    const { destination, formData } = event as Event & { destination: { url: string; sameDocument: boolean }; formData: FormData | null };
    if (!destination.sameDocument && !formData && !event.defaultPrevented) void look("GET", destination.url, "", undefined);
  });
}

// Looks at what the app stores, and where it is.
function lookAround(): void {
  const known = secrets();
  for (const [key, value] of liffStore()) {
    for (const [token, name] of known.tokens) {
      if (name === "ID token" && value.includes(token) && expired(token)) report({ code: "expired-id-token-stored", where: key });
    }
  }
  for (const [place, storage] of [["localStorage", localStorage], ["sessionStorage", sessionStorage]] as const) {
    for (let i = 0; i < storage.length; i++) {
      const key = storage.key(i) ?? "";
      const value = storage.getItem(key) ?? "";
      if (/^(LIFF_STORE|tegata\.liff):/.test(key)) continue;
      for (const [token, name] of known.tokens) {
        if (value.includes(token)) report({ code: "token-copied", where: `${place} ${key}`, fields: [name] });
      }
      const issuer = payload(value)?.iss;
      if (issuer?.includes("line.me") && expired(value)) report({ code: "expired-id-token-stored", where: `${place} ${key}` });
    }
  }
  for (const [token, name] of known.tokens) {
    if (decoded(location.pathname + location.search).includes(token)) {
      report({ code: "token-in-page-url", where: blurred(location.pathname, known), fields: [name] });
    }
  }
}

// Why liff.init() was refused, by the codes of the SDK.
const initFaults = ["INIT_FAILED", "INVALID_CONFIG", "INVALID_ID_TOKEN"];

function lookAtError(error: unknown): void {
  const code = error instanceof Error ? (error as Error & { code?: unknown }).code : undefined;
  if (typeof code === "string" && initFaults.includes(code)) report({ code: "init-failed", where: location.pathname, fields: [code] });
}

// The SDK warns in the console alone when it is started at a wrong place. That it could not
// start is known if the app lets the error go, or writes it to the console.
function listenToConsole(): void {
  const warn = console.warn.bind(console);
  console.warn = (...args: unknown[]) => {
    const text = args.map(String).join(" ");
    if (/is not related to the endpoint URL|not at or below the endpoint URL/.test(text)) report({ code: "init-outside-endpoint", where: location.pathname });
    warn(...args);
  };
  const fail = console.error.bind(console);
  console.error = (...args: unknown[]) => {
    args.forEach(lookAtError);
    fail(...args);
  };
  addEventListener("unhandledrejection", (event) => lookAtError(event.reason));
  addEventListener("DOMContentLoaded", () => {
    if (document.querySelector('meta[http-equiv="Content-Security-Policy" i]')) report({ code: "policy-in-page", where: location.pathname });
  });
}

// How often storage is looked at, in milliseconds.
const every = 2000;

export function watch(): void {
  listenToConsole();
  lookAtLoads();
  lookAround();
  setInterval(lookAround, every);
}
