// The start inside a LIFF browser, which hands the credentials over in the fragment.

import { AnswerError } from "./api.js";
import type { VerifyAnswer } from "./api.js";
import { readContext } from "./context.js";
import { LiffError, code } from "./errors.js";
import type { Setup } from "./login.js";
import { sameUser, verified } from "./login.js";
import type { Context } from "./public.js";
import type { Session } from "./store.js";

/**
 * Makes a session out of the fragment's credentials, or returns null if there is no
 * access token among them. Anybody can write a fragment, so the platform is asked
 * whose access token it is before any of it is believed.
 */
export async function launch(setup: Setup, credentials: Map<string, string>): Promise<Session | null> {
  const accessToken = credentials.get("access_token");
  if (accessToken === undefined) {
    return null;
  }
  const { env, config, api } = setup;
  const askedAt = env.now();
  const answer = await ownToken(setup, accessToken);
  const idToken = credentials.get("id_token") ?? null;
  // No nonce was sent, so a token with one is from some other login.
  const nonce = config.isLINE ? undefined : null;
  const claims = idToken === null ? null : await verified(setup, idToken, nonce);
  const context: Context = readContext(credentials.get("context_token") ?? (await api.contextToken(accessToken)), config);
  sameUser(claims, context.userId);
  return { accessToken, expiresAt: askedAt + answer.expiresIn * 1000, idToken, context };
}

/**
 * Asks again, on a later page of a LIFF browser, whether the session's token lives:
 * LINE revokes it when the app is closed. A dead one is forgotten before the error.
 */
export async function recheck(setup: Setup, session: Session): Promise<void> {
  try {
    await ownToken(setup, session.accessToken);
  } catch (error) {
    if (error instanceof AnswerError && (error.status === 400 || error.status === 401)) {
      setup.store.clear(session.accessToken);
    }
    throw error;
  }
}

async function ownToken(setup: Setup, accessToken: string): Promise<VerifyAnswer> {
  const answer = await setup.api.verify(accessToken);
  if (answer.clientId !== setup.config.channelId) {
    throw new LiffError(code.initFailed, "the access token was issued for another channel");
  }
  return answer;
}
