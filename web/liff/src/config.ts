// Turns the options of init into addresses, and refuses what cannot work.

import { LiffError, code } from "./errors.js";
import type { InitOptions } from "./public.js";

/** Options of init, checked. The three origins have no trailing slash. */
export interface Config {
  liffId: string;
  /** The channel is named by the LIFF ID, never by what a URL says. */
  channelId: string;
  access: string;
  api: string;
  liff: string;
  miniApp: string;
  /** True for LINE's own host names, which know none of our extensions. */
  isLINE: boolean;
  /** Undefined: to be read from discovery. */
  issuer: string | undefined;
  redirectUri: string | undefined;
  withLogin: boolean;
}

const line = {
  access: "https://access.line.me",
  api: "https://api.line.me",
  liff: "https://liff.line.me",
  miniApp: "https://miniapp.line.me",
};

/** Checks the options of init. Throws LiffError INVALID_CONFIG. */
export function parseConfig(options: InitOptions): Config {
  if (typeof options !== "object" || options === null) {
    throw invalid("liff.init needs an object with liffId");
  }
  const match = /^([0-9]{1,20})-[A-Za-z0-9]{1,64}$/.exec(String(options.liffId ?? ""));
  if (!match) {
    throw invalid("liffId is missing or not a LIFF ID (like 1234567890-AbcdEfgh): copy it from the LIFF app's settings");
  }
  const base = options.baseUrl === undefined ? undefined : parseBase(options.baseUrl);
  const origins = base === undefined ? line : { access: base, api: base, liff: base, miniApp: base };
  return {
    ...origins,
    liffId: match[0],
    channelId: match[1]!,
    isLINE: base === undefined,
    issuer: parseIssuer(options.issuer, base),
    redirectUri: options.redirectUri === undefined ? undefined : parseRedirect(options.redirectUri, code.invalidConfig),
    withLogin: options.withLoginOnExternalBrowser === true,
  };
}

function parseBase(text: string): string {
  const url = parseURL(text);
  if (!url || url.username || url.password || url.search || url.hash || url.pathname !== "/") {
    throw invalid("baseUrl must be an origin such as https://login.example.com, without path, query or user name");
  }
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
    throw invalid("baseUrl must be https: tokens travel to it; only localhost may be http");
  }
  if (url.hostname === "line.me" || url.hostname.endsWith(".line.me")) {
    throw invalid("baseUrl names one of LINE's hosts: leave baseUrl out to use LINE");
  }
  return url.origin;
}

function parseIssuer(issuer: string | undefined, base: string | undefined): string | undefined {
  if (issuer === undefined) {
    return base === undefined ? line.access : undefined;
  }
  if (!parseURL(issuer)) {
    throw invalid("issuer must be the absolute URL that ID tokens carry as iss");
  }
  // The text, not the parsed URL: iss is compared letter by letter.
  return issuer;
}

/** Checks a redirect URI as far as the browser can; the server knows the endpoint URL. */
export function parseRedirect(text: string, errorCode: string): string {
  const url = parseURL(text);
  if (!url || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new LiffError(errorCode, "redirectUri must be an absolute http(s) URL at or below the endpoint URL");
  }
  return text;
}

/** Parses an absolute URL, or returns undefined. */
export function parseURL(text: unknown): URL | undefined {
  if (typeof text !== "string") {
    return undefined;
  }
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^127(\.[0-9]{1,3}){3}$/.test(host);
}

function invalid(message: string): LiffError {
  return new LiffError(code.invalidConfig, message);
}
