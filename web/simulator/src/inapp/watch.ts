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

// Looks at a request before it leaves.
export async function look(method: string, url: string, headers: string, body: unknown): Promise<void> {
  if (isPlatform(url) || new URL(url, location.href).pathname.startsWith("/_tegata/")) return;
  const known = secrets();
  const text = await bodyText(body);
  const where = place(method, url);
  const query = decodeURIComponent(new URL(url, location.href).search.replace(/%(?![0-9A-Fa-f]{2})/g, "%25"));
  let carried = false;
  for (const [token, name] of known.tokens) {
    if (query.includes(token)) report({ code: "token-in-url", where, fields: [name] });
    const sent = headers.includes(token) || text.includes(token) || query.includes(token);
    carried ||= sent;
    if (sent && name === "ID token" && expired(token)) report({ code: "expired-id-token-sent", where });
  }
  const fields = fieldsIn(text + "\n", known).length ? fieldsIn(text, known) : fieldsIn(query.slice(1), known);
  if (fields.length > 0 && !carried) report({ code: "profile-without-token", where, fields });
}

// Looks at what the app stores, and where it is.
function lookAround(): void {
  for (const [key, value] of liffStore()) {
    const token = value.replace(/^"|"$/g, "");
    if (key.endsWith(":IDToken") && expired(token)) report({ code: "expired-id-token-stored", where: key });
  }
  const known = secrets();
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
    if (decodeURIComponent(location.search.replace(/%(?![0-9A-Fa-f]{2})/g, "%25")).includes(token)) {
      report({ code: "token-in-page-url", where: location.pathname, fields: [name] });
    }
  }
}

// The SDK warns in the console alone when it is started at a wrong place.
function listenToConsole(): void {
  const warn = console.warn.bind(console);
  console.warn = (...args: unknown[]) => {
    const text = args.map(String).join(" ");
    if (text.includes("is not related to the endpoint URL")) report({ code: "init-outside-endpoint", where: location.pathname });
    warn(...args);
  };
  addEventListener("DOMContentLoaded", () => {
    if (document.querySelector('meta[http-equiv="Content-Security-Policy" i]')) report({ code: "policy-in-page", where: location.pathname });
  });
}

// How often storage is looked at, in milliseconds.
const every = 2000;

export function watch(): void {
  listenToConsole();
  setInterval(lookAround, every);
}
