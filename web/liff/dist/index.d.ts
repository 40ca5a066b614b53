// Open LIFF client of tegata, Apache-2.0. Built from web/liff/src by tools/cmd/webbuild: do not edit.
// What a LIFF app sees of this client. Written by hand, copied to dist/index.d.ts
// by tools/cmd/webbuild, and held to the code by test/types.ts.

/** Options of {@link Liff.init}. */
export interface InitOptions {
  /** LIFF ID of the app: channel ID, hyphen, name. */
  liffId: string;
  /**
   * Origin of a tegata platform, such as `http://localhost:4800`; https unless the
   * host is a loopback one. Left out: LINE's own hosts.
   */
  baseUrl?: string;
  /**
   * The only `iss` accepted in an ID token. Left out: what the discovery document
   * under `baseUrl` names, or `https://access.line.me` without `baseUrl`.
   */
  issuer?: string;
  /** Where a login returns to if `login` is given no `redirectUri`. */
  redirectUri?: string;
  /** Start a login at once if nobody is logged in outside the LIFF browser. */
  withLoginOnExternalBrowser?: boolean;
}

export interface LoginOptions {
  /** Absolute URL at or below the endpoint URL of the LIFF app. */
  redirectUri?: string;
}

export interface LogoutResult {
  /** True if the platform has confirmed that the access token is dead. */
  revoked: boolean;
  /** Why nothing was revoked. */
  reason?: string;
}

export interface Profile {
  userId: string;
  displayName: string;
  pictureUrl?: string;
  statusMessage?: string;
}

/** Claims of a verified ID token. Claims of LINE Profile+ appear under their own names. */
export interface IDTokenClaims {
  iss: string;
  sub: string;
  aud: string;
  exp: number;
  iat: number;
  nonce?: string;
  auth_time?: number;
  amr?: string[];
  name?: string;
  picture?: string;
  email?: string;
  [claim: string]: unknown;
}

/** The LIFF app and where it runs. It identifies nobody: it is not verified. */
export interface Context {
  type?: "external" | "none" | "utou" | "room" | "group" | "square_chat";
  liffId?: string;
  endpointUrl?: string;
  permanentLinkPattern?: string;
  viewType?: string;
  userId?: string | null;
  utouId?: string;
  roomId?: string;
  groupId?: string;
  scope?: string[];
  miniDomainAllowed?: boolean;
  miniAppId?: string;
  [member: string]: unknown;
}

export type PermissionName = "profile" | "chat_message.write" | "openid" | "email";
export type PermissionState = "granted" | "prompt" | "unavailable";

export interface Liff {
  /** Resolves when the first `init` has succeeded. */
  readonly ready: Promise<void>;
  /** LIFF ID given to `init`, or null before. */
  readonly id: string | null;
  /**
   * Must be called once per page, at or below the endpoint URL. Completes a login
   * that came back, or starts one; then the promise stays pending because the page
   * goes away. Rejects with {@link LiffError}.
   */
  init(options: InitOptions, success?: () => void, failure?: (error: unknown) => void): Promise<void>;
  /** Leaves for the login page. The promise settles before the page goes away. */
  login(options?: LoginOptions): Promise<void>;
  /**
   * Forgets the session at once and revokes the access token (not against LINE's
   * hosts). Never rejects: the result says whether the token is dead.
   */
  logout(): Promise<LogoutResult>;
  /** Whether there is an access token that has not expired. */
  isLoggedIn(): boolean;
  isInClient(): boolean;
  getOS(): "ios" | "android" | "web";
  getLanguage(): string;
  getAppLanguage(): string;
  /** Version of this client, not of LINE's SDK. */
  getVersion(): string;
  getLineVersion(): string | null;
  getContext(): Context | null;
  /** Verified ID token to send to your server, or null if there is none or it has expired. */
  getIDToken(): string | null;
  /** For display only: a server must verify the token itself. Null as `getIDToken`. */
  getDecodedIDToken(): IDTokenClaims | null;
  getAccessToken(): string | null;
  /** For display only: a server must not believe a profile that the app sends. */
  getProfile(): Promise<Profile>;
  getFriendship(options?: { officialAccountId?: string }): Promise<{ friendFlag: boolean }>;
  readonly permission: {
    query(name: PermissionName): Promise<{ state: PermissionState }>;
    getGrantedAll(): Promise<string[]>;
  };
  readonly permanentLink: {
    createUrlBy(url: string): Promise<string>;
  };
  openWindow(options: { url: string; external?: boolean }): void;
  closeWindow(): void;
}

/** Every error of this client. `code` is one of LINE's SDK, an OAuth error, or an HTTP status. */
export declare class LiffError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: { cause?: unknown });
}

/** The storage methods that the client uses. */
export interface KeyValueStorage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Everything outside the client. The default is the browser's. */
export interface Environment {
  /** The current URL. */
  href(): string;
  /** Shows another URL of the same page, without loading it. */
  rewrite(url: string): void;
  /** Leaves for a URL, keeping this page in the history. */
  navigate(url: string): void;
  /** Leaves for a URL in place of this page. */
  replace(url: string): void;
  openWindow(url: string): void;
  closeWindow(): void;
  userAgent(): string;
  language(): string;
  /** Storage shared by the tabs of the origin; throws if the browser denies it. */
  localStorage(): KeyValueStorage;
  /** Storage of this tab. */
  sessionStorage(): KeyValueStorage;
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** WebCrypto; `subtle` exists in secure contexts only. */
  crypto(): Crypto;
  /** Milliseconds since 1970. */
  now(): number;
  info(message: string): void;
  warn(message: string): void;
}

/** A further client: for a second LIFF app on one page, or for tests. */
export declare function createLiff(environment?: Partial<Environment>): Liff;

declare const liff: Liff;
export default liff;
export { liff };
