// The calls to the platform. Answers are read here and nowhere else; a token is in
// no error message. No call sends cookies, and those without Authorization are
// simple requests, so that they cost no CORS preflight.

import type { Config } from "./config.js";
import { parseURL } from "./config.js";
import { LiffError, code } from "./errors.js";
import type { Environment, Profile } from "./public.js";

/** Milliseconds that a call may take. */
const patience = 15_000;

/** A LiffError for an answer that is not 2xx. */
export class AnswerError extends LiffError {
  constructor(readonly status: number, errorCode: string, message: string) {
    super(errorCode, message);
  }
}

export interface TokenAnswer {
  accessToken: string;
  /** Seconds. */
  expiresIn: number;
  idToken: string | null;
}

export interface VerifyAnswer {
  clientId: string;
  /** Seconds. */
  expiresIn: number;
  scopes: string[];
}

type Members = Record<string, unknown>;

export class Api {
  private discovered: string | undefined;

  constructor(private readonly env: Environment, private readonly config: Config) {}

  /** Exchanges a code. LIFF apps are public clients: PKCE and appId stand for a secret. */
  async redeem(authCode: string, verifier: string, redirectUri: string): Promise<TokenAnswer> {
    const answer = await this.post("/oauth2/v2.1/token", {
      grant_type: "authorization_code",
      client_id: this.config.channelId,
      appId: this.config.liffId,
      code: authCode,
      code_verifier: verifier,
      redirect_uri: redirectUri,
      id_token_key_type: "JWK", // asks for ES256
    });
    const { access_token: accessToken, expires_in: expiresIn, id_token: idToken, scope } = answer;
    const bearer = String(answer.token_type ?? "Bearer").toLowerCase() === "bearer";
    if (!isText(accessToken) || !isLife(expiresIn) || !bearer || (idToken !== undefined && !isText(idToken))) {
      throw strange("the token endpoint");
    }
    if (idToken === undefined && typeof scope === "string" && scope.split(" ").includes("openid")) {
      throw new LiffError(code.invalidIDToken, "the token endpoint granted openid and sent no ID token");
    }
    return { accessToken, expiresIn, idToken: isText(idToken) ? idToken : null };
  }

  /** Asks which channel, scopes and remaining life an access token has. */
  async verify(accessToken: string): Promise<VerifyAnswer> {
    const query = "?access_token=" + encodeURIComponent(accessToken);
    const answer = members(await this.send("/oauth2/v2.1/verify", {}, query));
    if (!isText(answer.client_id) || !isLife(answer.expires_in)) {
      throw strange("the verify endpoint");
    }
    const scope = typeof answer.scope === "string" ? unescaped(answer.scope) : "";
    const scopes = scope.split(" ").filter((name) => name !== "");
    return { clientId: answer.client_id, expiresIn: answer.expires_in, scopes };
  }

  /** Fetches the context token, of a user if an access token is given. */
  async contextToken(accessToken: string | null): Promise<string> {
    const path = `/liff/v2/apps/${this.config.liffId}/contextToken`;
    const answer = members(await this.send(path, accessToken === null ? {} : bearer(accessToken)));
    if (!isText(answer.contextToken)) {
      throw strange("the contextToken endpoint");
    }
    return answer.contextToken;
  }

  certs(): Promise<unknown> {
    return this.send("/oauth2/v2.1/certs", {});
  }

  /** The issuer that ID tokens must name: the option, or what discovery says. */
  async issuer(): Promise<string> {
    if (this.config.issuer !== undefined) {
      return this.config.issuer;
    }
    if (this.discovered === undefined) {
      const answer = members(await this.send("/.well-known/openid-configuration", {}));
      if (!isText(answer.issuer) || !parseURL(answer.issuer)) {
        throw new LiffError(code.initFailed, "the discovery document under baseUrl names no issuer: give init the option issuer");
      }
      this.discovered = answer.issuer;
    }
    return this.discovered;
  }

  async profile(accessToken: string): Promise<Profile> {
    const answer = members(await this.send("/v2/profile", bearer(accessToken)));
    if (!isText(answer.userId)) {
      throw strange("the profile endpoint");
    }
    return answer as unknown as Profile;
  }

  async friendship(accessToken: string, officialAccountId: string | undefined): Promise<{ friendFlag: boolean }> {
    const query = officialAccountId === undefined ? "" : "?officialAccountId=" + encodeURIComponent(officialAccountId);
    const answer = members(await this.send("/friendship/v1/status", bearer(accessToken), query));
    if (typeof answer.friendFlag !== "boolean") {
      throw strange("the friendship endpoint");
    }
    return { friendFlag: answer.friendFlag };
  }

  /** Revokes an access token of this channel. Survives the page that calls it. */
  async revoke(accessToken: string): Promise<void> {
    const body = new URLSearchParams({ access_token: accessToken, client_id: this.config.channelId });
    await this.send("/oauth2/v2.1/revoke", { method: "POST", body, keepalive: true });
  }

  private async post(path: string, form: Record<string, string>): Promise<Members> {
    return members(await this.send(path, { method: "POST", body: new URLSearchParams(form) }));
  }

  private async send(path: string, init: RequestInit, query = ""): Promise<unknown> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), patience);
    const defaults: RequestInit = {
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
      referrerPolicy: "no-referrer",
      signal: abort.signal,
    };
    try {
      const response = await this.env.fetch(this.config.api + path + query, { ...defaults, ...init });
      return read(response, await response.text());
    } catch (cause) {
      if (cause instanceof LiffError) {
        throw cause;
      }
      const late = abort.signal.aborted;
      const what = late ? "did not answer in time" : "cannot be reached (is it running, and does it allow this origin?)";
      throw new LiffError(late ? code.timeout : code.unknown, `${this.config.api}${path} ${what}`, { cause });
    } finally {
      clearTimeout(timer);
    }
  }
}

// Maps an error answer as LINE's SDK does: OAuth errors by their own code, others
// by HTTP status.
function read(response: Response, text: string): unknown {
  let body: unknown;
  try {
    body = text === "" ? undefined : JSON.parse(text);
  } catch {
    body = undefined;
  }
  if (response.ok) {
    return body;
  }
  const { error, errorCode, error_description: description, message } = members(body);
  const known = [400, 401, 403, 404, 429, 500].includes(response.status);
  const status = known ? String(response.status) : code.unknown;
  const name = [error, errorCode].find(isText) ?? status;
  throw new AnswerError(response.status, name, [description, message, response.statusText].find(isText) ?? `HTTP ${response.status}`);
}

function bearer(accessToken: string): RequestInit {
  return { headers: { Authorization: "Bearer " + accessToken } };
}

function members(value: unknown): Members {
  return typeof value === "object" && value !== null ? (value as Members) : {};
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isLife(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}

// Some answers have had %20 between scopes; a plus sign never stands for a space here.
function unescaped(scope: string): string {
  try {
    return decodeURIComponent(scope);
  } catch {
    return scope;
  }
}

function strange(where: string): LiffError {
  return new LiffError(code.unknown, `${where} answered something that is not its answer: is baseUrl the platform's?`);
}
