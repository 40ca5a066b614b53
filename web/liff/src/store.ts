// What is kept between page loads: the session, written in one piece and only
// after it was verified, and the logins that have been begun.
//
// The keys are not those of LINE's SDK, which stores tokens before it verifies
// them. They name the API origin, so that a token of one platform is never sent to
// another when an app changes its settings.

import type { Config } from "./config.js";
import { LiffError, code } from "./errors.js";
import type { Context, KeyValueStorage } from "./public.js";

/** A verified login. Times in milliseconds since 1970. */
export interface Session {
  accessToken: string;
  expiresAt: number;
  idToken: string | null;
  context: Context;
}

/** A login that has left for the platform; found again by its state. */
export interface PendingLogin {
  verifier: string;
  nonce: string | null;
  redirectUri: string | null;
  begunAt: number;
}

/** A login that takes longer is forgotten. */
const pendingLife = 60 * 60 * 1000;
/** Tabs that log in at the same time; more are forgotten, oldest first. */
const pendingMost = 16;

export class Store {
  private readonly prefix: string;

  constructor(
    private readonly storage: () => KeyValueStorage,
    config: Config,
    private readonly now: () => number,
  ) {
    this.prefix = `tegata.liff:${config.liffId}@${config.api}:`;
  }

  /** The live session; an expired or damaged one is removed and null returned. */
  session(): Session | null {
    const session = this.read<Session>("session");
    const good =
      typeof session?.accessToken === "string" && typeof session.expiresAt === "number" &&
      typeof session.context === "object" && session.context !== null;
    if (good && session.expiresAt > this.now()) {
      return session;
    }
    if (session !== null) {
      this.clear();
    }
    return null;
  }

  save(session: Session): void {
    this.write("session", session);
  }

  /** Removes the session, but only the one of the given token if one is given. */
  clear(accessToken?: string): void {
    if (accessToken !== undefined && this.read<Session>("session")?.accessToken !== accessToken) {
      return;
    }
    this.quietly((storage) => storage.removeItem(this.prefix + "session"));
  }

  /** Keeps a begun login until it returns. Throws if the browser keeps nothing. */
  begin(state: string, login: PendingLogin): void {
    this.prune();
    this.write("login:" + state, login);
  }

  /** Hands out a begun login once: whoever returns with the same state again finds nothing. */
  take(state: string): PendingLogin | null {
    const key = "login:" + state;
    const login = this.read<PendingLogin>(key);
    this.quietly((storage) => storage.removeItem(this.prefix + key));
    const good = typeof login?.verifier === "string" && this.now() - login.begunAt < pendingLife;
    return good ? login : null;
  }

  private prune(): void {
    this.quietly((storage) => {
      const begun: { key: string; at: number }[] = [];
      for (let i = 0; i < storage.length; i++) {
        const key = storage.key(i);
        if (key?.startsWith(this.prefix + "login:")) {
          const login = this.read<PendingLogin>(key.slice(this.prefix.length));
          begun.push({ key, at: login?.begunAt ?? 0 });
        }
      }
      begun.sort((a, b) => b.at - a.at);
      const old = begun.filter((b, i) => i >= pendingMost - 1 || this.now() - b.at >= pendingLife);
      old.forEach((b) => storage.removeItem(b.key));
    });
  }

  private read<T>(key: string): T | null {
    try {
      return JSON.parse(this.storage().getItem(this.prefix + key) ?? "null") as T | null;
    } catch {
      return null;
    }
  }

  private write(key: string, value: unknown): void {
    try {
      this.storage().setItem(this.prefix + key, JSON.stringify(value));
    } catch (cause) {
      const message = "the browser keeps no data for this page: allow site data (or leave private browsing) and try again";
      throw new LiffError(code.unknown, message, { cause });
    }
  }

  private quietly(act: (storage: KeyValueStorage) => void): void {
    try {
      act(this.storage());
    } catch {
      // Storage that may not even be opened holds nothing of ours.
    }
  }
}
