// What init does, in its order. Every branch ends in a stored session, in nobody
// being logged in, in leaving the page, or in an error.

import { readContext } from "./context.js";
import { parseURL } from "./config.js";
import { LiffError, code } from "./errors.js";
import { launch, recheck } from "./launch.js";
import { isBelow, secondaryURL } from "./liffurl.js";
import type { Setup } from "./login.js";
import { beginLogin, finishLogin } from "./login.js";
import type { Context, Environment } from "./public.js";
import type { Session } from "./store.js";
import type { Callback } from "./url.js";
import { queryParameter, readCallback, readCredentials, withoutCallback, withoutCredentials, withoutLIFF } from "./url.js";

/** Runs init. Returns the context, or null if the page is being left. */
export async function start(setup: Setup): Promise<Context | null> {
  const { env, config, api, store, inClient } = setup;
  const credentials = takeCredentials(setup);
  const verified = (inClient ? await launch(setup, credentials) : null) ?? (await comeBack(setup));
  const session = verified ?? store.session();
  if (verified !== null) {
    store.save(verified);
  } else if (session !== null && inClient) {
    await recheck(setup, session);
  }
  const context = session?.context ?? readContext(await api.contextToken(null), config);
  const elsewhere = secondary(env, context);
  if (elsewhere !== null) {
    env.replace(elsewhere);
    return null;
  }
  if (session === null && (inClient || config.withLogin)) {
    env.navigate(await beginLogin(setup, config.redirectUri ?? returnHere(env, context)));
    return null;
  }
  warnOutside(env, context);
  return context;
}

// Credentials leave the address bar before anything is sent anywhere. Outside a LIFF
// browser they are never used, and only what no other protocol could have put there
// is touched.
function takeCredentials({ env, inClient }: Setup): Map<string, string> {
  const href = env.href();
  const credentials = readCredentials(href);
  if (inClient || credentials.has("context_token") || credentials.has("feature_token")) {
    rewrite(env, href, withoutCredentials(href));
  }
  return credentials;
}

// Completes a login that came back in the query, if one did.
async function comeBack(setup: Setup): Promise<Session | null> {
  const { env, store } = setup;
  const href = env.href();
  const callback = readCallback(href);
  if (callback.code === null && callback.error === null) {
    return null;
  }
  const login = callback.state === null ? null : store.take(callback.state);
  const isOurs = login !== null || callback.isLIFFError || callback.clientId !== null;
  if (!isOurs) {
    return null; // a code or an error of the app's own
  }
  rewrite(env, href, withoutCallback(href));
  if (login === null) {
    return unknownLogin(setup, callback);
  }
  if (callback.error !== null) {
    throw new LiffError(code.initFailed, `${callback.error}: ${callback.description ?? "no reason was given"}`);
  }
  return finishLogin(setup, callback, login);
}

// A code that answers no login of this browser may be somebody else's: whoever
// redeems it is logged in as that person (RFC 9700 §4.7). A session that exists
// is left alone. The text of an error is anybody's, so it goes to the console only.
function unknownLogin({ env, store }: Setup, callback: Callback): null {
  const what = callback.error === null ? "a code" : `an error (${callback.error})`;
  const message = `${what} came back for a login that was not begun in this browser, or was completed before`;
  if (store.session() !== null) {
    env.warn(`liff.init: ignored: ${message}`);
    return null;
  }
  if (callback.error !== null) {
    env.warn(`liff.init: ${callback.error}: ${callback.description ?? ""}`);
    throw new LiffError(code.initFailed, "an error came back for a login that was not begun in this browser: log in again");
  }
  throw new LiffError(code.initFailed, `${message}: log in again`);
}

function secondary(env: Environment, context: Context): string | null {
  try {
    return secondaryURL(env.href(), context);
  } catch (error) {
    env.warn(`liff.init: liff.state was ignored: ${(error as Error).message}`);
    return null;
  }
}

// A login that init itself begins returns to this page, if the platform will allow
// it; null stands for the endpoint URL.
function returnHere(env: Environment, context: Context): string | null {
  const here = parseURL(withoutLIFF(env.href()));
  const endpoint = parseURL(context.endpointUrl);
  const allowed = here !== undefined && endpoint !== undefined && isBelow(here, endpoint);
  return allowed && here.href !== endpoint.href ? here.href : null;
}

function warnOutside(env: Environment, context: Context): void {
  const endpoint = parseURL(context.endpointUrl);
  const here = parseURL(env.href());
  if (endpoint && here && !isBelow(here, endpoint) && queryParameter(env.href(), "liff.state") === null) {
    env.warn(`liff.init: this page is not at or below the endpoint URL ${endpoint.href}: logins will not return here`);
  }
}

function rewrite(env: Environment, from: string, to: string): void {
  if (from !== to) {
    env.rewrite(to);
  }
}
