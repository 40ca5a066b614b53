// What a server must check in an ID token, in the order in which it must, run on the token
// of the phone: with the platform's keys, in this page.

import { platform } from "./api";
import { now } from "./clock";

export interface Check {
  name: string;
  result: "pass" | "fail" | "not run";
  actual: string;
  expected: string;
  skipped: string; // what happens if a server leaves it out
}

interface Key extends JsonWebKey {
  kid?: string;
}

type Claims = Record<string, unknown>;

function part(text: string | undefined): Claims | null {
  try {
    const bytes = Uint8Array.from(atob((text ?? "").replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
    const value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as unknown;
    return typeof value === "object" && value !== null ? (value as Claims) : null;
  } catch {
    return null;
  }
}

// Header and payload of an ID token; empty objects if it is none.
export function opened(token: string): { header: Claims; payload: Claims } {
  const [head, body] = token.split(".");
  return { header: part(head) ?? {}, payload: part(body) ?? {} };
}

async function json<T>(path: string): Promise<T> {
  const answer = await fetch(platform + path);
  return (await answer.json()) as T;
}

async function signed(token: string, key: Key): Promise<boolean> {
  const [head, body, signature] = token.split(".");
  const { kty, crv, x, y } = key;
  const imported = await crypto.subtle.importKey("jwk", { kty, crv, x, y } as JsonWebKey, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  const bytes = Uint8Array.from(atob((signature ?? "").replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, imported, bytes, new TextEncoder().encode(head + "." + body));
}

// What the platform said of a token's key and signature: asked once for each.
interface Asked {
  issuer: string;
  kids: string[];
  good: boolean;
}

const asked = new Map<string, Promise<Asked>>();

async function ask(token: string): Promise<Asked> {
  const [{ keys }, { issuer }] = await Promise.all([
    json<{ keys: Key[] }>("/oauth2/v2.1/certs"), json<{ issuer: string }>("/.well-known/openid-configuration"),
  ]);
  const key = keys.find((k) => k.kid === opened(token).header.kid);
  return { issuer, kids: keys.map((k) => k.kid ?? ""), good: key ? await signed(token, key).catch(() => false) : false };
}

const text = (value: unknown): string => (value === undefined ? "none" : typeof value === "string" ? value : JSON.stringify(value));
const clock = (seconds: unknown): string => (typeof seconds === "number" ? new Date(seconds * 1000).toLocaleTimeString("en-GB") : text(seconds));
const short = (kid: unknown): string => (typeof kid === "string" && kid.length > 14 ? kid.slice(0, 12) + "…" : text(kid));

// Runs the checks. With the first that fails, a server stops.
export async function check(token: string, channelId: string, userId: string): Promise<Check[]> {
  if (!asked.has(token)) {
    asked.clear(); // the last token is enough
    asked.set(token, ask(token));
  }
  const { issuer, kids, good } = await (asked.get(token) as Promise<Asked>);
  const { header, payload } = opened(token);
  const at = now() / 1000;
  const [exp, iat] = [Number(payload.exp), Number(payload.iat)];
  const shaped = token.split(".").length === 3 && Object.keys(header).length > 0 && Object.keys(payload).length > 0;
  const rows: [string, boolean | null, string, string, string][] = [
    ["structure", shaped, `${token.split(".").length} parts`, "3 parts: header, payload, signature", "Whatever comes is parsed."],
    ["alg", header.alg === "ES256", text(header.alg), "ES256, which LIFF apps get: from your settings, never from the token", "A token with alg none, or signed by a public key taken for a secret, is believed."],
    ["kid", kids.includes(text(header.kid)), short(header.kid), `one of ${kids.length} in certs: ${kids.map(short).join(", ")}`, "A token by a key of somebody else is believed."],
    ["signature", good, good ? "good" : "not by this key", "by the key of kid", "Everybody can write a token."],
    ["iss", payload.iss === issuer, text(payload.iss), issuer, "A token of another issuer is believed."],
    ["aud", payload.aud === channelId, text(payload.aud), channelId, "A token that another channel's app got is believed: whoever runs that app is your user."],
    ["exp", at < exp, clock(payload.exp), `later than ${clock(Math.floor(at))}`, "A token that leaked is good for ever."],
    ["iat", iat <= at + 60 && iat <= exp, clock(payload.iat), "not in the future (a minute is allowed), not after exp", "Tokens made for later are believed."],
    ["nonce", payload.nonce === undefined ? null : false, text(payload.nonce), "none in a LIFF browser; after LINE Login what you sent", "A token can be used again in somebody else's session."],
    ["auth_time", payload.auth_time === undefined ? null : true, clock(payload.auth_time), "only if you sent max_age: not older than that", "An old login passes for a new one."],
    ["amr", payload.amr === undefined ? null : true, text(payload.amr), "none in a LIFF browser; else the methods that you ask for", "A weak login passes where a strong one is needed."],
    ["sub", payload.sub === userId, text(payload.sub), "the user to whom you give the data", "Data goes to a user whom the app named, not to the one of the token."],
  ];
  let stopped = false;
  return rows.map(([name, passed, actual, expected, skipped]) => {
    const result = stopped || passed === null ? "not run" : passed ? "pass" : "fail";
    stopped ||= result === "fail";
    return { name, result, actual, expected, skipped };
  });
}
