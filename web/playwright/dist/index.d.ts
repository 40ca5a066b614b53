// Playwright fixtures of tegata, Apache-2.0. Built from web/playwright/src by tools/cmd/webbuild: do not edit.
// What a test sees of this package. Written by hand, copied to dist/index.d.ts by
// tools/cmd/webbuild; the sources take their types from here, and test/types.ts holds the
// exports to it.

import type {
  Expect, Page, PlaywrightTestArgs, PlaywrightTestOptions, PlaywrightWorkerArgs, PlaywrightWorkerOptions, TestType,
} from "@playwright/test";

/** Who opens the LIFF app, and in which browser: the option `tegata`. */
export interface LiffOptions {
  /**
   * Handle of the persona at the browser, such as `"hanako"`: she logs in and consents
   * whenever LINE's pages ask. Left out: the platform's first. `null`: nobody; the test
   * goes through LINE's pages itself.
   */
  user?: string | null;
  /**
   * Open the app in LINE's LIFF browser: `liff.isInClient()` is true, and LINE hands the
   * tokens over. Left out: an ordinary browser, in which the app logs in.
   */
  inClient?: boolean;
  /** LIFF ID of the app. Left out: the platform's first, which is that of the first of `apps`. */
  liffId?: string;
  /** LIFF browser only: what the user has granted. Left out: all scopes of the app. */
  scopes?: string[];
  /** LIFF browser only: the chat from which the app is opened. Left out: none. */
  chat?: "none" | "utou" | "group" | "room";
  /** LIFF browser only: makes the user a friend of the linked LINE Official Account, or not. */
  friend?: boolean;
  /** LIFF browser only: how large the app is opened. Left out: as it is registered. */
  view?: "compact" | "tall" | "full";
}

/** Which platform the tests talk to: the option `tegataPlatform`, one per worker. */
export interface PlatformOptions {
  /**
   * Base URL of a running `tegata dev`. Left out: the environment variable TEGATA_URL, or
   * if there is none, a platform of each worker's own.
   */
  url?: string;
  /**
   * Its admin token. Left out: TEGATA_ADMIN_TOKEN, or the file that a `tegata dev` of the
   * same user on this machine has left.
   */
  token?: string;
  /** Program to start, and its first arguments. Left out: TEGATA_BIN, or `tegata` in PATH. */
  command?: string | readonly string[];
  /** URLs of your LIFF apps, to be registered on the platform that is started. */
  apps?: readonly string[];
  /** More arguments of `tegata dev`, such as `["--seed", "world.yaml"]`. */
  args?: readonly string[];
}

/** A length of time: milliseconds, or as Go writes it, such as `"90s"`, `"1h30m"` or `"-2h"`. */
export type Duration = number | string;

/** How the platform's clock stands. */
export interface ClockState {
  now: Date;
  frozen: boolean;
}

/**
 * The platform's clock and that of every page of the test, moved together. Timers of a
 * page run on, also while its clock is frozen. Your own server keeps its clock.
 */
export interface Clock {
  /** Moves on. Timers of the pages that are due by then fire once; a negative length fires none. */
  advance(by: Duration): Promise<ClockState>;
  /** Goes on from a time. */
  jump(to: Date | string): Promise<ClockState>;
  /** Stands still, at a time if one is given. */
  freeze(at?: Date | string): Promise<ClockState>;
  /** Runs again from where it stands. */
  resume(): Promise<ClockState>;
  /** Is again the clock that the platform was started with. */
  reset(): Promise<ClockState>;
  /** Says how it stands. */
  state(): Promise<ClockState>;
}

/** What goes wrong: effects of rules, and troubles by name. docs/testing.md explains each. */
export type Effect =
  | "status" | "latency" | "reset" | "truncate" | "slow-body" | "jwk-rotated" | "jwk-bad" | "skew"
  | "autologin-failure" | "stale-id-token" | "consent-denied" | "email-refused" | "other-browser"
  | "closed-liff" | "minimised-liff" | "blocked-friend" | "developing-channel" | "verify-outage" | "jwk-outage" | "rate-limit" | "keys-rotated";

/** Which answers go wrong, and how. What is left out limits nothing. */
export interface FaultRule {
  effect: Effect;
  /** Of `status`: 400 to 599; left out: 500. */
  status?: number;
  /** Of `status`: `error`, and `error_description` or `message`, of the body. */
  code?: string;
  message?: string;
  /** Of `latency`, `slow-body` and `skew`. */
  delay?: Duration;
  /** Name of an endpoint, such as `"verify"`, `"profile"`, `"token"`, `"certs"`; or the beginning of a path. */
  endpoint?: string;
  /** Channel ID. */
  channel?: string;
  /** Handle. */
  user?: string;
  /** Only the nth that matches, counted from 1. */
  nth?: number;
  /** At most so many. */
  times?: number;
  /** Of each that matches; which ones follows from `seed`. */
  probability?: number;
  seed?: number;
}

/** A fault in force. It ends with the test at the latest. */
export interface FaultHandle {
  /** Ends it. What a trouble has changed in the state stays until the platform is reset. */
  end(): Promise<void>;
}

/** What token to make; `{}` is a good ID token, issued now. */
export interface MintOptions {
  kind?: "id_token" | "access_token" | "refresh_token";
  /** Handle. Left out: the user of the test. */
  user?: string;
  /** Channel ID. Left out: that of the LIFF app of the test. */
  channel?: string;
  /** Access tokens: as this LIFF app gets them. */
  liffId?: string;
  algorithm?: "ES256" | "HS256";
  scopes?: string[];
  nonce?: string;
  amr?: string[];
  authTime?: Date | string;
  issuedAt?: Date | string;
  /** How long ago it was issued: for servers that keep their own clock. */
  age?: Duration;
  /** How long it lives. Left out: as LINE's. */
  life?: Duration;
  /** The one thing that is wrong with it. */
  wrong?:
    | "other-channel" | "other-provider" | "other-issuer" | "expired" | "not-yet-valid"
    | "retired-key" | "foreign-key" | "wrong-nonce" | "revoked" | "altered";
}

/** A token that was made, and what it says. */
export interface Minted {
  token: string;
  kind: string;
  channelId: string;
  user: string;
  userId: string;
  scopes: string[];
  issuedAt: string;
  expiresAt: string;
  wrong?: string;
}

/** A persona. `userId` is the user ID under the first channel's provider. */
export interface User {
  handle: string;
  email: string;
  password: string;
  userId: string;
  userIds: Record<string, string>;
}

/** A LIFF app that the platform knows. */
export interface LiffApp {
  liffId: string;
  endpointUrl: string;
  url: string;
  channelId: string;
  description: string;
}

/** What a program needs to talk to the platform: `tegata env --format json`. */
export interface Env {
  baseUrl: string;
  tlsUrl: string;
  tlsSpki: string;
  tlsCaPem: string;
  issuer: string;
  channelId: string;
  channelSecret: string;
  liffId: string;
  channels: { channelId: string; channelSecret: string; providerId: string; name: string; status: string; callbackUrls: string[] }[];
  liffApps: LiffApp[];
  users: User[];
}

/** Something that the platform was asked. Secrets and tokens are replaced by their length. */
export interface PlatformRequest {
  seq: number;
  time: string;
  requestId: string;
  endpoint: string;
  method: string;
  host: string;
  path: string;
  params: Record<string, string>;
  /** 0: the connection was broken off. */
  status: number;
  faults?: string[];
}

/** The running platform. */
export interface Platform {
  /** Base URL. */
  readonly url: string;
  readonly env: Env;
  /** The persona of a handle. */
  user(handle: string): User;
  /** Ends an access token or a refresh token. */
  revoke(token: string): Promise<void>;
  /** What the platform was asked since the test began, of one endpoint if it is given; the oldest first. */
  requests(endpoint?: string): Promise<PlatformRequest[]>;
  /** Everything is as at the platform's start: users, tokens, keys, clock, no faults. */
  reset(): Promise<void>;
}

/** A LIFF app in a page. */
export interface LiffPage {
  readonly page: Page;
  readonly app: LiffApp;
  /** The persona at the browser; null: nobody. */
  readonly user: User | null;
  /**
   * Opens the app by its LIFF URL, with what follows the LIFF ID in it: path, query and
   * fragment, such as `"/orders?id=7#top"`. It returns when the app's page has loaded.
   */
  open(rest?: string): Promise<void>;
  /** The access token that the app holds; waits until it has one. */
  accessToken(): Promise<string>;
  /** The ID token that the app holds, as it was issued; waits until it has one. */
  idToken(): Promise<string>;
  /** LIFF browser only: what the app has sent into its chat. */
  messages(): Promise<unknown[]>;
}

/** Options of a test: `test.use({ ... })`, or `use` of the configuration. */
export interface TegataOptions {
  tegata: LiffOptions;
}

/** Options of a worker: `use` of the configuration, or `test.use` at the top of a file. */
export interface TegataWorkerOptions {
  tegataPlatform: PlatformOptions;
}

/** Fixtures of a test. */
export interface TegataFixtures extends TegataOptions {
  /** The LIFF app of the option `tegata` in the test's `page`. */
  liffPage: LiffPage;
  /** Another browser with its own cookies and storage: a second user, or a second app. */
  newLiffPage: (options?: LiffOptions) => Promise<LiffPage>;
  clock: Clock;
  /** Lets answers of the platform go wrong. */
  fault: (rule: FaultRule) => Promise<FaultHandle>;
  /**
   * Closes the LIFF browser, that of `liffPage` or the given one, as its user does: the
   * access token is revoked when this returns, and the page is gone.
   */
  closeLiff: (liffPage?: LiffPage) => Promise<void>;
  /** Makes a token. */
  mint: (options?: MintOptions) => Promise<Minted>;
  platform: Platform;
}

export declare const test: TestType<
  PlaywrightTestArgs & PlaywrightTestOptions & TegataFixtures,
  PlaywrightWorkerArgs & PlaywrightWorkerOptions & TegataWorkerOptions
>;

export declare const expect: Expect<{}>;
