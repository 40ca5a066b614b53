// The rules that make an ID token good (OpenID Connect Core 1.0 §3.1.3.7; LINE's
// page "Get profile information from ID tokens").

import { LiffError, code } from "./errors.js";
import { parse, verifySignature } from "./jws.js";
import type { IDTokenClaims } from "./public.js";

/** What the claims must agree with. */
export interface Rules {
  issuer: string;
  channelId: string;
  /** A text: must be equal. null: none may be there. undefined: not looked at. */
  nonce: string | null | undefined;
  /** Milliseconds. */
  now: number;
}

/**
 * How far ahead of this clock iat may lie. Phones' clocks are often slow by minutes,
 * and a token issued "in the future" is no danger while exp bounds it. exp has no
 * leeway: an expired token is never fresh.
 */
const aheadSeconds = 300;

/** Verifies signature and claims. Rejects with INVALID_ID_TOKEN; certs errors pass through. */
export async function verifyIDToken(
  subtle: SubtleCrypto,
  raw: string,
  certs: () => Promise<unknown>,
  rules: Rules,
): Promise<IDTokenClaims> {
  try {
    const token = parse(raw);
    await verifySignature(subtle, token, await certs());
    return checkClaims(token.claims, rules);
  } catch (error) {
    if (error instanceof LiffError) {
      throw error;
    }
    const reason = error instanceof Error ? error.message : "unknown";
    throw new LiffError(code.invalidIDToken, `the ID token was refused: ${reason}`);
  }
}

/** Claims of a token that was verified before it was stored; null once it has expired. */
export function freshClaims(raw: string, now: number): IDTokenClaims | null {
  try {
    const claims = parse(raw).claims as IDTokenClaims;
    return isExpired(claims.exp, now) ? null : claims;
  } catch {
    return null;
  }
}

function checkClaims(claims: Record<string, unknown>, rules: Rules): IDTokenClaims {
  const { iss, aud, sub, exp, iat, nonce } = claims;
  need(iss === rules.issuer, `its issuer is not ${rules.issuer}`);
  need(isSeconds(exp) && isSeconds(iat), "its exp or iat is missing or not a number");
  need(!isExpired(exp, rules.now), "it has expired (or this device's clock is fast)");
  // One text, never a list: LINE's aud is a text, and a list could name others too.
  need(aud === rules.channelId, "it was issued for another channel");
  need(rules.nonce !== null || nonce === undefined, "it carries a nonce, but none was sent");
  need(typeof rules.nonce !== "string" || nonce === rules.nonce, "its nonce is not the one of this login");
  need(typeof sub === "string" && sub !== "", "it names no user");
  need((iat as number) <= rules.now / 1000 + aheadSeconds, "it was issued in the future (or this device's clock is slow)");
  need((iat as number) <= (exp as number), "it expires before it was issued");
  return claims as IDTokenClaims;
}

function need(condition: boolean, complaint: string): void {
  if (!condition) {
    throw new Error(complaint);
  }
}

function isSeconds(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}

function isExpired(exp: unknown, now: number): boolean {
  return !(isSeconds(exp) && exp * 1000 > now);
}
