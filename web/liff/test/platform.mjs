// A small platform on a real port, for the tests of this folder. It speaks as much
// of LINE's wire as the client uses, with real ES256 keys, and lets a test spoil
// each answer. It shares no code with the client.

import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";

export const liffId = "2000000001-demo0001";
export const channelId = "2000000001";
const subtle = globalThis.crypto.subtle;
const es256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const b64 = (data) => Buffer.from(data).toString("base64url");

export async function newKey(kid) {
  const pair = await subtle.generateKey(es256, true, ["sign", "verify"]);
  const { kty, crv, x, y } = await subtle.exportKey("jwk", pair.publicKey);
  return { private: pair.privateKey, jwk: { kty, alg: "ES256", use: "sig", kid, crv, x, y } };
}

export async function sign(key, header, payload) {
  const text = typeof payload === "string" ? payload : JSON.stringify(payload);
  const head = typeof header === "string" ? header : JSON.stringify(header);
  const signed = b64(head) + "." + b64(text);
  return signed + "." + b64(await subtle.sign(es256, key.private, Buffer.from(signed)));
}

/** Starts a platform and stops it after the test. */
export async function startPlatform(t, options = {}) {
  const platform = new Platform(await newKey("a".repeat(64)), options);
  const server = createServer((request, response) => platform.serve(request, response));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => new Promise((resolve) => server.close(resolve)));
  platform.url = `http://localhost:${server.address().port}`;
  platform.origin = `http://127.0.0.1:${server.address().port}`;
  return platform;
}

class Platform {
  endpointUrl = "https://app.example/start";
  scope = ["openid", "profile"];
  userId = "U" + "1".repeat(32);
  issuer = "https://access.line.me";
  requests = [];
  codes = new Map();
  tokens = new Map();
  certs;
  // What a test may change: each gets the good thing and returns what is sent.
  spoil = {};

  constructor(key, options) {
    this.key = key;
    this.certs = { keys: [key.jwk] };
    Object.assign(this, options);
  }

  now = () => Date.now();

  /** What the browser meets at the authorize URL: logs in and returns the way back. */
  authorize(url, { deny = false } = {}) {
    const q = new URL(url).searchParams;
    const redirectUri = q.get("redirect_uri") ?? this.endpointUrl;
    const back = new URL(redirectUri);
    const add = (members) => {
      const extra = new URLSearchParams(members).toString();
      back.search = (back.search ? back.search.slice(1) + "&" : "") + extra;
    };
    if (deny) {
      add({ error: "ACCESS_DENIED", error_description: "The resource owner denied the request.", state: q.get("state"), liffOAuth2Error: "true" });
      return back.href;
    }
    const code = randomBytes(10).toString("hex");
    this.codes.set(code, { challenge: q.get("code_challenge"), nonce: q.get("nonce"), redirectUri, appId: q.get("app_id") });
    add({ code, state: q.get("state"), liffClientId: channelId, liffRedirectUri: redirectUri });
    return back.href;
  }

  newAccessToken(extra = {}) {
    const token = "t/+=" + randomBytes(12).toString("hex");
    this.tokens.set(token, { clientId: channelId, scope: this.scope, ...extra });
    return token;
  }

  async idToken(claims = {}) {
    const now = Math.floor(this.now() / 1000);
    const good = { iss: this.issuer, sub: this.userId, aud: channelId, exp: now + 3600, iat: now, ...claims, name: "花子 Hanako" };
    const header = { kid: this.key.jwk.kid, typ: "JWT", alg: "ES256" };
    if (this.spoil.idToken) {
      return this.spoil.idToken(good, header, this.key);
    }
    return sign(this.key, header, good);
  }

  async contextToken(userId) {
    const context = { type: "external", liffId, endpointUrl: this.endpointUrl, permanentLinkPattern: "concat", scope: this.scope, ...(userId && { userId }) };
    return sign(this.key, { typ: "JWT", alg: "ES256" }, this.spoil.context?.(context) ?? context);
  }

  async serve(request, response) {
    const url = new URL(request.url, "http://x");
    let body = "";
    for await (const chunk of request) body += chunk;
    const form = new URLSearchParams(body);
    this.requests.push({ method: request.method, path: url.pathname, query: url.searchParams, form, headers: request.headers });
    const [status, answer] = await this.answer(`${request.method} ${url.pathname}`, url.searchParams, form, request.headers);
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(typeof answer === "string" ? answer : JSON.stringify(answer));
  }

  async answer(route, query, form, headers) {
    const spoilt = this.spoil[route]?.();
    if (spoilt) return spoilt;
    const raw = headers.authorization?.replace(/^Bearer /, "");
    const bearer = this.tokens.get(raw);
    switch (route) {
      case "GET /.well-known/openid-configuration":
        return [200, { issuer: this.issuer }];
      case "GET /oauth2/v2.1/certs":
        return [200, this.certs];
      case `GET /liff/v2/apps/${liffId}/contextToken`:
        if (raw && !bearer) return [401, { message: "The access token revoked" }];
        return [200, { contextToken: await this.contextToken(bearer && this.userId) }];
      case "POST /oauth2/v2.1/token":
        return this.token(form);
      case "GET /oauth2/v2.1/verify": {
        const token = this.tokens.get(query.get("access_token"));
        if (!token) return [400, { error: "invalid_request", error_description: "access token expired" }];
        return [200, { scope: token.scope.join(" "), client_id: token.clientId, expires_in: 43000 }];
      }
      case "GET /v2/profile":
        return bearer ? [200, { userId: this.userId, displayName: "花子" }] : [401, { message: "The access token revoked" }];
      case "GET /friendship/v1/status":
        return bearer ? [200, { friendFlag: true }] : [401, { message: "The access token revoked" }];
      case "POST /oauth2/v2.1/revoke": {
        const ours = this.tokens.get(form.get("access_token"))?.clientId === form.get("client_id");
        if (ours) this.tokens.delete(form.get("access_token"));
        return ours ? [200, ""] : [400, { error: "invalid_request", error_description: "The access token malformed" }];
      }
    }
    return [404, { message: "Not found" }];
  }

  async token(form) {
    const code = this.codes.get(form.get("code"));
    this.codes.delete(form.get("code"));
    const challenge = createHash("sha256").update(form.get("code_verifier") ?? "").digest("base64url");
    const good =
      code && form.get("grant_type") === "authorization_code" && form.get("client_id") === channelId &&
      form.get("appId") === code.appId && form.get("redirect_uri") === code.redirectUri &&
      challenge === code.challenge && form.get("id_token_key_type") === "JWK";
    if (!good) return [400, { error: "invalid_grant", error_description: "invalid authorization code" }];
    const answer = {
      access_token: this.newAccessToken(), expires_in: 43200, token_type: "Bearer", scope: this.scope.join(" "),
      ...(this.scope.includes("openid") && { id_token: await this.idToken(code.nonce ? { nonce: code.nonce } : {}) }),
    };
    return [200, this.spoil.token?.(answer) ?? answer];
  }
}
