// ES256 signatures of compact JWS (RFC 7515) with WebCrypto. The algorithm is
// fixed here; a header can only agree with it or be refused.

import { decodeBase64url, decodeObject } from "./encoding.js";

/** Longer tokens are refused before anything else is looked at. */
const maxToken = 16 << 10;

/** A parsed token whose payload must not be used before verifySignature. */
export interface Parsed {
  kid: string;
  claims: Record<string, unknown>;
  signed: Uint8Array<ArrayBuffer>;
  signature: Uint8Array<ArrayBuffer>;
}

/** Splits a compact JWS and checks its header. Throws an Error that names no token. */
export function parse(raw: string): Parsed {
  const parts = raw.length <= maxToken ? raw.split(".") : [];
  if (parts.length !== 3) {
    throw new Error("it is not a signed token of three parts");
  }
  const [head, body, tail] = parts as [string, string, string];
  const header = decode(() => decodeObject(head), "its header cannot be read");
  if (header.alg !== "ES256") {
    throw new Error("its alg is not ES256");
  }
  // RFC 7515 §4.1.11: an extension that is not understood must be refused.
  if ("crit" in header || "b64" in header) {
    throw new Error("its header asks for extensions");
  }
  if (header.typ !== undefined && header.typ !== "JWT") {
    throw new Error("its typ is not JWT");
  }
  if (typeof header.kid !== "string" || header.kid === "") {
    throw new Error("its header names no key");
  }
  const signature = decode(() => decodeBase64url(tail), "its signature cannot be read");
  if (signature.length !== 64) {
    throw new Error("its signature has not 64 bytes");
  }
  return {
    kid: header.kid,
    claims: decode(() => decodeObject(body), "its claims cannot be read"),
    signed: new TextEncoder().encode(head + "." + body),
    signature,
  };
}

/**
 * Verifies the signature with the key that the header names, out of a JWK Set as
 * the certs endpoint answers it. Throws an Error that says why not.
 */
export async function verifySignature(subtle: SubtleCrypto, token: Parsed, set: unknown): Promise<void> {
  const point = findKey(set, token.kid);
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  let key: CryptoKey;
  try {
    // Importing checks that the point is on the curve.
    key = await subtle.importKey("raw", point, algorithm, false, ["verify"]);
  } catch {
    throw new Error("the key it names is not a P-256 key");
  }
  const good = await subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, token.signature, token.signed);
  if (!good) {
    throw new Error("its signature is wrong");
  }
}

function findKey(set: unknown, kid: string): Uint8Array<ArrayBuffer> {
  const keys = (set as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys)) {
    throw new Error("the platform's certs are not a JWK Set");
  }
  const found = keys.filter((k: Record<string, unknown> | null) => k?.kid === kid);
  if (found.length !== 1) {
    throw new Error(found.length === 0 ? "its key is not among the platform's certs" : "two keys share its key ID");
  }
  const jwk = found[0] as Record<string, unknown>;
  const fits =
    jwk.kty === "EC" && jwk.crv === "P-256" && (jwk.alg === undefined || jwk.alg === "ES256") &&
    (jwk.use === undefined || jwk.use === "sig") && !("d" in jwk);
  if (!fits) {
    throw new Error("the key it names is not a public ES256 key");
  }
  const point = new Uint8Array(65);
  point[0] = 4; // uncompressed, SEC 1 §2.3.3
  point.set(coordinate(jwk.x), 1);
  point.set(coordinate(jwk.y), 33);
  return point;
}

// LINE has published coordinates of 31 and 33 bytes (a zero lost or added in
// front); RFC 7518 §6.2.1.2 wants 32.
function coordinate(text: unknown): Uint8Array {
  const bytes = decode(() => decodeBase64url(String(text)), "the key it names cannot be read");
  const spare = bytes.length - 32;
  if (spare === 1 && bytes[0] === 0) {
    return bytes.subarray(1);
  }
  if (spare > 0 || spare < -1) {
    throw new Error("the key it names has a coordinate of the wrong size");
  }
  const padded = new Uint8Array(32);
  padded.set(bytes, -spare);
  return padded;
}

function decode<T>(read: () => T, complaint: string): T {
  try {
    return read();
  } catch {
    throw new Error(complaint);
  }
}
