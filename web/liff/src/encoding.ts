// Base64url, UTF-8 and JSON, strict: one text has one meaning, or it is refused
// (RFC 7515 appendix C, RFC 8259, RFC 8725 §2.1 "weak parsing").

/** Encodes bytes as base64url without padding. */
export function encodeBase64url(bytes: Uint8Array): string {
  let text = "";
  for (const b of bytes) {
    text += String.fromCharCode(b);
  }
  return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** Decodes base64url without padding; throws on anything else, also on loose trailing bits. */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) {
    throw new Error("not base64url");
  }
  const raw = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) {
    bytes[i] = raw.charCodeAt(i);
  }
  if (encodeBase64url(bytes) !== text) {
    throw new Error("base64url with loose bits");
  }
  return bytes;
}

/** Decodes a base64url part that holds one JSON object in UTF-8, without repeated names. */
export function decodeObject(part: string): Record<string, unknown> {
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(decodeBase64url(part));
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error("not a JSON object");
  }
  refuseRepeatedNames(text);
  return value as Record<string, unknown>;
}

// JSON.parse keeps the last of two equal names where another parser keeps the
// first. text is known to be valid JSON here, so a walk over its strings suffices.
function refuseRepeatedNames(text: string): void {
  const scopes: Set<string>[] = [];
  const token = /("(?:[^"\\]|\\.)*")([ \t\r\n]*:)?|[{}]/g;
  for (let m = token.exec(text); m; m = token.exec(text)) {
    if (m[0] === "{") {
      scopes.push(new Set());
    } else if (m[0] === "}") {
      scopes.pop();
    } else if (m[2] !== undefined) {
      const name = JSON.parse(m[1]!) as string;
      const scope = scopes[scopes.length - 1]!;
      if (scope.has(name)) {
        throw new Error("a JSON name is repeated");
      }
      scope.add(name);
    }
  }
}
