// Login by authorization code and PKCE: the way out to the platform and the way
// back (RFC 6749 §4.1, RFC 7636, OpenID Connect Core 1.0 §3.1).

import type { Api } from "./api.js";
import type { Config } from "./config.js";
import { readContext } from "./context.js";
import { LiffError, code } from "./errors.js";
import { verifyIDToken } from "./idtoken.js";
import { challengeOf, randomText } from "./pkce.js";
import type { Environment, IDTokenClaims } from "./public.js";
import type { PendingLogin, Session, Store } from "./store.js";
import type { Callback } from "./url.js";
import { version } from "./version.js";

/** A client after its options are known. */
export interface Setup {
  env: Environment;
  config: Config;
  api: Api;
  store: Store;
  inClient: boolean;
}

/** Begins a login and returns the URL to leave for. */
export async function beginLogin(setup: Setup, redirectUri: string | null): Promise<string> {
  const { env, config, store } = setup;
  const subtle = subtleOf(env);
  const state = randomText(env.crypto());
  const verifier = randomText(env.crypto());
  const nonce = config.isLINE ? null : randomText(env.crypto());
  const query = new URLSearchParams({
    app_id: config.liffId,
    state,
    response_type: "code",
    code_challenge_method: "S256",
    code_challenge: await challengeOf(subtle, verifier),
    liff_sdk_version: version,
  });
  if (redirectUri !== null) {
    query.set("redirect_uri", redirectUri);
  }
  if (nonce !== null) {
    query.set("nonce", nonce);
  }
  store.begin(state, { verifier, nonce, redirectUri, begunAt: env.now() });
  return `${config.access}/liff/v1/authorize?${query}`;
}

/**
 * Completes the login that this browser began. Returns a session to be stored; on
 * any error nothing has been.
 */
export async function finishLogin(setup: Setup, callback: Callback, login: PendingLogin): Promise<Session> {
  const { env, config, api } = setup;
  if (callback.clientId !== null && callback.clientId !== config.channelId) {
    throw new LiffError(code.initFailed, "the login came back for another channel than the LIFF ID's");
  }
  // Without a redirectUri of ours the server used the endpoint URL and says so here.
  const redirectUri = login.redirectUri ?? callback.redirectUri;
  if (callback.code === null || redirectUri === null) {
    throw new LiffError(code.initFailed, "the login came back incomplete: log in again");
  }
  const askedAt = env.now();
  const answer = await api.redeem(callback.code, login.verifier, redirectUri);
  // LINE's hosts were sent no nonce, and it is not known that they never add one.
  const nonce = config.isLINE ? undefined : login.nonce;
  const claims = answer.idToken === null ? null : await verified(setup, answer.idToken, nonce);
  const context = readContext(await api.contextToken(answer.accessToken), config);
  sameUser(claims, context.userId);
  return {
    accessToken: answer.accessToken,
    expiresAt: askedAt + answer.expiresIn * 1000,
    idToken: answer.idToken,
    context,
  };
}

/** Verifies an ID token with the platform's certs, for this channel and issuer. */
export async function verified(setup: Setup, raw: string, nonce: string | null | undefined): Promise<IDTokenClaims> {
  const { env, config, api } = setup;
  const issuer = await api.issuer();
  const rules = { issuer, channelId: config.channelId, nonce, now: env.now() };
  return verifyIDToken(subtleOf(env), raw, () => api.certs(), rules);
}

/** Refuses an ID token of one user beside an access token of another. */
export function sameUser(claims: IDTokenClaims | null, userId: unknown): void {
  if (claims !== null && typeof userId === "string" && userId !== claims.sub) {
    throw new LiffError(code.invalidIDToken, "the ID token and the access token belong to different users");
  }
}

function subtleOf(env: Environment): SubtleCrypto {
  const subtle = env.crypto()?.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) {
    throw new LiffError(code.initFailed, "this page is not a secure context, so nothing can be verified: serve it by https or from localhost");
  }
  return subtle;
}
