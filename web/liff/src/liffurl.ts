// LIFF URLs: from the URL of a page below the endpoint URL to a permanent link, and
// from liff.state back to the page (LINE's page "Opening a LIFF app").

import type { Config } from "./config.js";
import { parseURL } from "./config.js";
import { LiffError, code } from "./errors.js";
import type { Context } from "./public.js";
import { queryParameter, withoutCallback, withoutCredentials } from "./url.js";

/** Whether a URL is at or below the endpoint URL, on a "/" boundary. */
export function isBelow(url: URL, endpoint: URL): boolean {
  const root = endpoint.pathname.replace(/\/$/, "");
  return url.origin === endpoint.origin && (url.pathname === root || url.pathname.startsWith(root + "/"));
}

/**
 * The page that liff.state of the primary URL asks for, or null if there is none to
 * go to. Throws an Error if it would lead away from the LIFF app: anybody can write
 * a link with liff.state, and the context it is joined to is not verified.
 */
export function secondaryURL(href: string, context: Context): string | null {
  const state = queryParameter(href, "liff.state");
  if (state === null) {
    return null;
  }
  const endpoint = parseURL(context.endpointUrl);
  if (!endpoint || endpoint.origin !== new URL(href).origin) {
    throw new Error("the LIFF app's endpoint URL is on another origin than this page");
  }
  const [, path = "", query = "", fragment = ""] = /^([^?#]*)(?:\?([^#]*))?(?:#([^]*))?$/.exec(state) ?? [];
  const target = new URL(endpoint.href);
  if (path !== "") {
    // Twice: an empty segment would swallow a "..", and parsing makes slashes of "\\".
    target.pathname = oneSlash(endpoint.pathname + "/" + path);
    target.pathname = oneSlash(target.pathname);
  }
  const back = queryParameter(href, "liff.hback");
  const hback = back === null ? "" : "liff.hback=" + encodeURIComponent(back);
  target.search = [endpoint.search.slice(1), query, hback].filter((part) => part !== "").join("&");
  target.hash = fragment;
  if (!isBelow(target, endpoint)) {
    throw new Error("it leads outside the LIFF app's endpoint URL");
  }
  // A LIFF URL's fragment must not pass as the LIFF browser's own credentials.
  const clean = withoutCredentials(target.href);
  return clean === href ? null : clean;
}

function oneSlash(path: string): string {
  return path.replace(/\/{2,}/g, "/");
}

/**
 * The LIFF URL that opens a page of the LIFF app. What belongs to one person's visit
 * (credentials, an unused callback, liff.* parameters) does not get into a link.
 */
export function permanentLink(text: string, context: Context | null, config: Config): string {
  const endpoint = parseURL(context?.endpointUrl);
  if (!endpoint) {
    throw new LiffError(code.invalidConfig, "the LIFF app's endpoint URL is not known: await liff.init first");
  }
  const url = parseURL(text);
  if (!url || !isBelow(url, endpoint)) {
    throw new LiffError(code.invalidArgument, `url must be at or below the endpoint URL ${endpoint.href}`);
  }
  let clean = withoutCredentials(url.href);
  if (queryParameter(clean, "liffClientId") !== null || queryParameter(clean, "liffOAuth2Error") !== null) {
    clean = withoutCallback(clean);
  }
  const rest = new URL(clean);
  const path = rest.pathname.slice(endpoint.pathname.replace(/\/$/, "").length);
  const query = withoutOwn(rest.search.slice(1), endpoint.search.slice(1));
  // The bare slash of an endpoint URL that ends in one says nothing.
  const extra = path === "/" && endpoint.pathname.endsWith("/") ? "" : path;
  const root = context?.miniDomainAllowed === true
    ? `${config.miniApp}/${context.miniAppId ?? config.liffId}`
    : `${config.liff}/${config.liffId}`;
  return root + extra + (query === "" ? "" : "?" + query) + rest.hash;
}

// The endpoint URL's own query comes back by itself when the link is opened.
function withoutOwn(query: string, own: string): string {
  const pairs = query.split("&").filter((pair) => !/^liff(\.|%2e)/i.test(pair));
  const rest = pairs.join("&");
  if (own !== "" && (rest === own || rest.startsWith(own + "&"))) {
    return rest.slice(own.length + 1);
  }
  return rest;
}
