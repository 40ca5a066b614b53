// Random texts, and the proof key that binds a code to the browser that asked for
// it (RFC 7636).

import { encodeBase64url } from "./encoding.js";

/** 256 random bits as 43 characters: a state, a nonce or a code verifier. */
export function randomText(crypto: Crypto): string {
  return encodeBase64url(crypto.getRandomValues(new Uint8Array(32)));
}

/** The S256 challenge of a code verifier (RFC 7636 §4.2). */
export async function challengeOf(subtle: SubtleCrypto, verifier: string): Promise<string> {
  const digest = await subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  return encodeBase64url(new Uint8Array(digest));
}
