// What the app holds of the user: the tokens and the profile fields, as the SDK stores
// them. They stay in this page; only what became of them is reported.

export interface Secrets {
  tokens: Map<string, "access token" | "ID token">;
  fields: Map<string, string>; // value → its name
}

// What getProfile() answered: the SDK does not store it.
const profile = new Map<string, string>();

const names: Record<string, string> = {
  userId: "userId", sub: "userId", displayName: "displayName", name: "displayName",
  pictureUrl: "pictureUrl", picture: "pictureUrl", email: "email",
};

function collect(from: unknown, into: Map<string, string>): void {
  if (typeof from !== "object" || from === null) return;
  for (const [key, value] of Object.entries(from)) {
    const name = names[key];
    if (name && typeof value === "string" && value.length > 1) into.set(value, name);
  }
}

export function learnProfile(answer: unknown): void {
  collect(answer, profile);
}

function parsed(text: string | null): unknown {
  try {
    return text === null ? null : (JSON.parse(text) as unknown);
  } catch {
    return null;
  }
}

// What the LIFF browser handed over, before the SDK takes it out of the address.
const handed = new URLSearchParams(location.hash.slice(1));

// Storage of the app, as far as the SDK fills it; or tegata's own open client.
export function* liffStore(): Generator<[key: string, value: string, storage: Storage]> {
  for (const storage of [sessionStorage, localStorage]) {
    for (let i = 0; i < storage.length; i++) {
      const key = storage.key(i);
      if (key?.startsWith("LIFF_STORE:") || key?.startsWith("tegata.liff:")) yield [key, storage.getItem(key) ?? "", storage];
    }
  }
}

export function secrets(): Secrets {
  const out: Secrets = { tokens: new Map(), fields: new Map(profile) };
  for (const [name, kind] of [["access_token", "access token"], ["id_token", "ID token"]] as const) {
    const token = handed.get(name);
    if (token) out.tokens.set(token, kind);
  }
  for (const [key, value] of liffStore()) {
    const content = parsed(value);
    const name = key.split(":").pop();
    if (typeof content === "string" && content.length > 20) {
      if (name === "accessToken") out.tokens.set(content, "access token");
      if (name === "IDToken") out.tokens.set(content, "ID token");
    }
    if (name === "decodedIDToken" || name === "context") collect(content, out.fields);
    if (name === "session" && typeof content === "object" && content !== null) {
      const session = content as { accessToken?: unknown; idToken?: unknown; context?: unknown };
      if (typeof session.accessToken === "string") out.tokens.set(session.accessToken, "access token");
      if (typeof session.idToken === "string") out.tokens.set(session.idToken, "ID token");
      collect(session.context, out.fields);
    }
  }
  return out;
}

// The payload of a JWT, or null.
export function payload(token: string): { iss?: string; exp?: number } | null {
  const part = token.split(".")[1];
  if (!/^eyJ[\w-]+\.[\w-]+\.[\w-]*$/.test(token) || !part) return null;
  try {
    return JSON.parse(atob(part.replace(/-/g, "+").replace(/_/g, "/"))) as { iss?: string; exp?: number };
  } catch {
    return null;
  }
}

export function expired(token: string): boolean {
  const exp = payload(token)?.exp;
  return typeof exp === "number" && exp * 1000 < Date.now();
}
