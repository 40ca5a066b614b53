// The context token: what app this is and where it runs. Its signature cannot be
// checked, since its key is not published, so nothing in it identifies a user.

import type { Config } from "./config.js";
import { decodeObject } from "./encoding.js";
import { LiffError, code } from "./errors.js";
import type { Context } from "./public.js";

/** Reads a context token. Throws INIT_FAILED if it is none, or another app's. */
export function readContext(token: string, config: Config): Context {
  let context: Context;
  try {
    const parts = token.split(".");
    context = decodeObject(parts.length === 3 ? parts[1]! : "");
  } catch {
    throw new LiffError(code.initFailed, "the context token cannot be read");
  }
  if (context.liffId !== undefined && context.liffId !== config.liffId) {
    throw new LiffError(code.initFailed, "the context token belongs to another LIFF app");
  }
  return context;
}

/** Whether the LIFF app has a scope; a context that lists none leaves the answer to the server. */
export function hasScope(context: Context | null, name: string): boolean {
  return !Array.isArray(context?.scope) || context.scope.includes(name);
}

/** The context of the same app with nobody logged in. */
export function withoutUser(context: Context | null): Context | null {
  if (context === null) {
    return null;
  }
  const { userId: _user, accessTokenHash: _hash, ...rest } = context;
  return rest;
}
