// URLs as texts: what is taken out of the page's own URL, and what stays exactly
// as the app wrote it.

/** A URL cut at its first "#" and the first "?" before it; the parts carry no mark. */
interface Cut {
  page: string;
  query: string;
  fragment: string;
}

/** Query parameters of a login that came back. */
export interface Callback {
  code: string | null;
  state: string | null;
  error: string | null;
  description: string | null;
  isLIFFError: boolean;
  clientId: string | null;
  redirectUri: string | null;
}

const callbackNames = [
  "code", "state", "liffClientId", "liffRedirectUri", "error", "error_description", "liffOAuth2Error",
];
const credentialNames = [
  "access_token", "context_token", "feature_token", "id_token", "client_id", "mst_challenge", "mst_verifier", "msit",
];

/** Reads the parameters that the platform appends when it sends the browser back. */
export function readCallback(href: string): Callback {
  const { query } = cut(href);
  return {
    code: last(query, "code"),
    state: last(query, "state"),
    error: last(query, "error"),
    description: last(query, "error_description"),
    isLIFFError: last(query, "liffOAuth2Error") !== null,
    clientId: last(query, "liffClientId"),
    redirectUri: last(query, "liffRedirectUri"),
  };
}

/** Takes a callback's parameters out, the last of each name: earlier ones are the app's. */
export function withoutCallback(href: string): string {
  const url = cut(href);
  for (const name of callbackNames) {
    const pairs = url.query.split("&");
    const at = pairs.map(nameOf).lastIndexOf(name);
    if (at >= 0) {
      pairs.splice(at, 1);
      url.query = pairs.join("&");
    }
  }
  return join(url);
}

/** Reads the credentials that a LIFF browser puts into the fragment. */
export function readCredentials(href: string): Map<string, string> {
  const { fragment } = cut(href);
  const found = new Map<string, string>();
  for (const name of credentialNames) {
    const value = last(fragment, name);
    if (value !== null) {
      found.set(name, value);
    }
  }
  return found;
}

/** Takes a LIFF browser's credentials out of the fragment. */
export function withoutCredentials(href: string): string {
  const url = cut(href);
  url.fragment = keep(url.fragment, (name) => !credentialNames.includes(name));
  return join(url);
}

/** Takes out the fragment and the parameters that LIFF itself added on the way here. */
export function withoutLIFF(href: string): string {
  const url = cut(href);
  url.query = keep(url.query, (name) => !name.startsWith("liff."));
  url.fragment = "";
  return join(url);
}

/** The value of a query parameter, or null. */
export function queryParameter(href: string, name: string): string | null {
  return last(cut(href).query, name);
}

function cut(href: string): Cut {
  const [, page = "", query = "", fragment = ""] = /^([^?#]*)(?:\?([^#]*))?(?:#([^]*))?$/.exec(href) ?? [];
  return { page, query, fragment };
}

function join({ page, query, fragment }: Cut): string {
  return page + (query === "" ? "" : "?" + query) + (fragment === "" ? "" : "#" + fragment);
}

function keep(pairs: string, wanted: (name: string) => boolean): string {
  return pairs.split("&").filter((pair) => wanted(nameOf(pair))).join("&");
}

function nameOf(pair: string): string {
  return parse(pair).keys().next().value ?? "";
}

// An empty value is as good as none: none of the parameters read here may be empty.
function last(pairs: string, name: string): string | null {
  return parse(pairs).getAll(name).pop() || null;
}

// URLSearchParams would drop a question mark at the start as if it were no part.
function parse(pairs: string): URLSearchParams {
  return new URLSearchParams("&" + pairs);
}
