// Open LIFF client of tegata, Apache-2.0. Built from web/liff/src by tools/cmd/webbuild: do not edit.
"use strict";
(() => {
  // web/liff/src/errors.ts
  var LiffError = class extends Error {
    constructor(code2, message, options) {
      super(message);
      this.name = "LiffError";
      this.code = code2;
      if (options && "cause" in options) {
        Object.defineProperty(this, "cause", { value: options.cause, configurable: true });
      }
    }
  };
  var code = {
    unknown: "UNKNOWN",
    unauthorized: "UNAUTHORIZED",
    invalidArgument: "INVALID_ARGUMENT",
    initFailed: "INIT_FAILED",
    forbidden: "FORBIDDEN",
    invalidConfig: "INVALID_CONFIG",
    invalidIDToken: "INVALID_ID_TOKEN",
    timeout: "TIMEOUT"
  };

  // web/liff/src/config.ts
  var line = {
    access: "https://access.line.me",
    api: "https://api.line.me",
    liff: "https://liff.line.me",
    miniApp: "https://miniapp.line.me"
  };
  function parseConfig(options) {
    if (typeof options !== "object" || options === null) {
      throw invalid("liff.init needs an object with liffId");
    }
    const match = /^([0-9]{1,20})-[A-Za-z0-9]{1,64}$/.exec(String(options.liffId ?? ""));
    if (!match) {
      throw invalid("liffId is missing or not a LIFF ID (like 1234567890-AbcdEfgh): copy it from the LIFF app's settings");
    }
    const base = options.baseUrl === void 0 ? void 0 : parseBase(options.baseUrl);
    const origins = base === void 0 ? line : { access: base, api: base, liff: base, miniApp: base };
    return {
      ...origins,
      liffId: match[0],
      channelId: match[1],
      isLINE: base === void 0,
      issuer: parseIssuer(options.issuer, base),
      redirectUri: options.redirectUri === void 0 ? void 0 : parseRedirect(options.redirectUri, code.invalidConfig),
      withLogin: options.withLoginOnExternalBrowser === true
    };
  }
  function parseBase(text) {
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
  function parseIssuer(issuer, base) {
    if (issuer === void 0) {
      return base === void 0 ? line.access : void 0;
    }
    if (!parseURL(issuer)) {
      throw invalid("issuer must be the absolute URL that ID tokens carry as iss");
    }
    return issuer;
  }
  function parseRedirect(text, errorCode) {
    const url = parseURL(text);
    if (!url || url.protocol !== "https:" && url.protocol !== "http:") {
      throw new LiffError(errorCode, "redirectUri must be an absolute http(s) URL at or below the endpoint URL");
    }
    return text;
  }
  function parseURL(text) {
    if (typeof text !== "string") {
      return void 0;
    }
    try {
      return new URL(text);
    } catch {
      return void 0;
    }
  }
  function isLoopback(host) {
    return host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^127(\.[0-9]{1,3}){3}$/.test(host);
  }
  function invalid(message) {
    return new LiffError(code.invalidConfig, message);
  }

  // web/liff/src/api.ts
  var patience = 15e3;
  var AnswerError = class extends LiffError {
    constructor(status, errorCode, message) {
      super(errorCode, message);
      this.status = status;
    }
  };
  var Api = class {
    constructor(env, config) {
      this.env = env;
      this.config = config;
    }
    /** Exchanges a code. LIFF apps are public clients: PKCE and appId stand for a secret. */
    async redeem(authCode, verifier, redirectUri) {
      const answer = await this.post("/oauth2/v2.1/token", {
        grant_type: "authorization_code",
        client_id: this.config.channelId,
        appId: this.config.liffId,
        code: authCode,
        code_verifier: verifier,
        redirect_uri: redirectUri,
        id_token_key_type: "JWK"
        // asks for ES256
      });
      const { access_token: accessToken, expires_in: expiresIn, id_token: idToken, scope } = answer;
      const bearer2 = String(answer.token_type ?? "Bearer").toLowerCase() === "bearer";
      if (!isText(accessToken) || !isLife(expiresIn) || !bearer2 || idToken !== void 0 && !isText(idToken)) {
        throw strange("the token endpoint");
      }
      if (idToken === void 0 && typeof scope === "string" && scope.split(" ").includes("openid")) {
        throw new LiffError(code.invalidIDToken, "the token endpoint granted openid and sent no ID token");
      }
      return { accessToken, expiresIn, idToken: isText(idToken) ? idToken : null };
    }
    /** Asks which channel, scopes and remaining life an access token has. */
    async verify(accessToken) {
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
    async contextToken(accessToken) {
      const path = `/liff/v2/apps/${this.config.liffId}/contextToken`;
      const answer = members(await this.send(path, accessToken === null ? {} : bearer(accessToken)));
      if (!isText(answer.contextToken)) {
        throw strange("the contextToken endpoint");
      }
      return answer.contextToken;
    }
    certs() {
      return this.send("/oauth2/v2.1/certs", {});
    }
    /** The issuer that ID tokens must name: the option, or what discovery says. */
    async issuer() {
      if (this.config.issuer !== void 0) {
        return this.config.issuer;
      }
      if (this.discovered === void 0) {
        const answer = members(await this.send("/.well-known/openid-configuration", {}));
        if (!isText(answer.issuer) || !parseURL(answer.issuer)) {
          throw new LiffError(code.initFailed, "the discovery document under baseUrl names no issuer: give init the option issuer");
        }
        this.discovered = answer.issuer;
      }
      return this.discovered;
    }
    async profile(accessToken) {
      const answer = members(await this.send("/v2/profile", bearer(accessToken)));
      if (!isText(answer.userId)) {
        throw strange("the profile endpoint");
      }
      return answer;
    }
    async friendship(accessToken, officialAccountId) {
      const query = officialAccountId === void 0 ? "" : "?officialAccountId=" + encodeURIComponent(officialAccountId);
      const answer = members(await this.send("/friendship/v1/status", bearer(accessToken), query));
      if (typeof answer.friendFlag !== "boolean") {
        throw strange("the friendship endpoint");
      }
      return { friendFlag: answer.friendFlag };
    }
    /** Revokes an access token of this channel. Survives the page that calls it. */
    async revoke(accessToken) {
      const body = new URLSearchParams({ access_token: accessToken, client_id: this.config.channelId });
      await this.send("/oauth2/v2.1/revoke", { method: "POST", body, keepalive: true });
    }
    async post(path, form) {
      return members(await this.send(path, { method: "POST", body: new URLSearchParams(form) }));
    }
    async send(path, init, query = "") {
      const abort = new AbortController();
      const timer = setTimeout(() => abort.abort(), patience);
      const defaults = {
        credentials: "omit",
        cache: "no-store",
        redirect: "error",
        referrerPolicy: "no-referrer",
        signal: abort.signal
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
  };
  function read(response, text) {
    let body;
    try {
      body = text === "" ? void 0 : JSON.parse(text);
    } catch {
      body = void 0;
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
  function bearer(accessToken) {
    return { headers: { Authorization: "Bearer " + accessToken } };
  }
  function members(value) {
    return typeof value === "object" && value !== null ? value : {};
  }
  function isText(value) {
    return typeof value === "string" && value !== "";
  }
  function isLife(value) {
    return typeof value === "number" && Number.isFinite(value) && value > 0;
  }
  function unescaped(scope) {
    try {
      return decodeURIComponent(scope);
    } catch {
      return scope;
    }
  }
  function strange(where) {
    return new LiffError(code.unknown, `${where} answered something that is not its answer: is baseUrl the platform's?`);
  }

  // web/liff/src/encoding.ts
  function encodeBase64url(bytes) {
    let text = "";
    for (const b of bytes) {
      text += String.fromCharCode(b);
    }
    return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }
  function decodeBase64url(text) {
    if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) {
      throw new Error("not base64url");
    }
    const raw = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    const bytes = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i++) {
      bytes[i] = raw.charCodeAt(i);
    }
    if (encodeBase64url(bytes) !== text) {
      throw new Error("base64url with loose bits");
    }
    return bytes;
  }
  function decodeObject(part) {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(decodeBase64url(part));
    const value = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new Error("not a JSON object");
    }
    refuseRepeatedNames(text);
    return value;
  }
  function refuseRepeatedNames(text) {
    const scopes = [];
    const token = /("(?:[^"\\]|\\.)*")([ \t\r\n]*:)?|[{}]/g;
    for (let m = token.exec(text); m; m = token.exec(text)) {
      if (m[0] === "{") {
        scopes.push(/* @__PURE__ */ new Set());
      } else if (m[0] === "}") {
        scopes.pop();
      } else if (m[2] !== void 0) {
        const name = JSON.parse(m[1]);
        const scope = scopes[scopes.length - 1];
        if (scope.has(name)) {
          throw new Error("a JSON name is repeated");
        }
        scope.add(name);
      }
    }
  }

  // web/liff/src/context.ts
  function readContext(token, config) {
    let context;
    try {
      const parts = token.split(".");
      context = decodeObject(parts.length === 3 ? parts[1] : "");
    } catch {
      throw new LiffError(code.initFailed, "the context token cannot be read");
    }
    if (context.liffId !== void 0 && context.liffId !== config.liffId) {
      throw new LiffError(code.initFailed, "the context token belongs to another LIFF app");
    }
    return context;
  }
  function hasScope(context, name) {
    return !Array.isArray(context?.scope) || context.scope.includes(name);
  }
  function withoutUser(context) {
    if (context === null) {
      return null;
    }
    const { userId: _user, accessTokenHash: _hash, ...rest } = context;
    return rest;
  }

  // web/liff/src/device.ts
  var lineVersion = /\bLine\/([0-9]+\.[0-9]+\.[0-9]+)/;
  var mark = "tegata.liff:isInClient";
  var marks = [mark, "LIFF_STORE:isInClient"];
  function isInClient(env) {
    const agent = env.userAgent();
    if (/\bLine\/[0-9]+\.[0-9]+\.[0-9]+ LIFF/.test(agent)) {
      return true;
    }
    try {
      const storage = env.sessionStorage();
      if (marks.some((name) => storage.getItem(name) === "1")) {
        return true;
      }
      if (lineVersion.test(agent) && /[#&]access_token=/.test(env.href())) {
        storage.setItem(mark, "1");
        return true;
      }
    } catch {
    }
    return false;
  }
  function lineVersionOf(agent) {
    return lineVersion.exec(agent)?.[1] ?? null;
  }
  function osOf(agent) {
    if (/iPhone|iPad|iPod/.test(agent)) {
      return "ios";
    }
    return /Android/.test(agent) ? "android" : "web";
  }

  // web/liff/src/jws.ts
  var maxToken = 16 << 10;
  function parse(raw) {
    const parts = raw.length <= maxToken ? raw.split(".") : [];
    if (parts.length !== 3) {
      throw new Error("it is not a signed token of three parts");
    }
    const [head, body, tail] = parts;
    const header = decode(() => decodeObject(head), "its header cannot be read");
    if (header.alg !== "ES256") {
      throw new Error("its alg is not ES256");
    }
    if ("crit" in header || "b64" in header) {
      throw new Error("its header asks for extensions");
    }
    if (header.typ !== void 0 && header.typ !== "JWT") {
      throw new Error("its typ is not JWT");
    }
    if (typeof header.kid !== "string" || header.kid === "") {
      throw new Error("its header names no key");
    }
    const signature = decode(() => decodeBase64url(tail), "its signature cannot be read");
    if (signature.length !== 64) {
      throw new Error("its signature has not 64 bytes");
    }
    return {
      kid: header.kid,
      claims: decode(() => decodeObject(body), "its claims cannot be read"),
      signed: new TextEncoder().encode(head + "." + body),
      signature
    };
  }
  async function verifySignature(subtle, token, set) {
    const point = findKey(set, token.kid);
    const algorithm = { name: "ECDSA", namedCurve: "P-256" };
    let key;
    try {
      key = await subtle.importKey("raw", point, algorithm, false, ["verify"]);
    } catch {
      throw new Error("the key it names is not a P-256 key");
    }
    const good = await subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, token.signature, token.signed);
    if (!good) {
      throw new Error("its signature is wrong");
    }
  }
  function findKey(set, kid) {
    const keys = set?.keys;
    if (!Array.isArray(keys)) {
      throw new Error("the platform's certs are not a JWK Set");
    }
    const found = keys.filter((k) => k?.kid === kid);
    if (found.length !== 1) {
      throw new Error(found.length === 0 ? "its key is not among the platform's certs" : "two keys share its key ID");
    }
    const jwk = found[0];
    const fits = jwk.kty === "EC" && jwk.crv === "P-256" && (jwk.alg === void 0 || jwk.alg === "ES256") && (jwk.use === void 0 || jwk.use === "sig") && !("d" in jwk);
    if (!fits) {
      throw new Error("the key it names is not a public ES256 key");
    }
    const point = new Uint8Array(65);
    point[0] = 4;
    point.set(coordinate(jwk.x), 1);
    point.set(coordinate(jwk.y), 33);
    return point;
  }
  function coordinate(text) {
    const bytes = decode(() => decodeBase64url(String(text)), "the key it names cannot be read");
    const spare = bytes.length - 32;
    if (spare === 1 && bytes[0] === 0) {
      return bytes.subarray(1);
    }
    if (spare > 0 || spare < -1) {
      throw new Error("the key it names has a coordinate of the wrong size");
    }
    const padded = new Uint8Array(32);
    padded.set(bytes, -spare);
    return padded;
  }
  function decode(read2, complaint) {
    try {
      return read2();
    } catch {
      throw new Error(complaint);
    }
  }

  // web/liff/src/idtoken.ts
  var aheadSeconds = 300;
  async function verifyIDToken(subtle, raw, certs, rules) {
    try {
      const token = parse(raw);
      await verifySignature(subtle, token, await certs());
      return checkClaims(token.claims, rules);
    } catch (error) {
      if (error instanceof LiffError) {
        throw error;
      }
      const reason = error instanceof Error ? error.message : "unknown";
      throw new LiffError(code.invalidIDToken, `the ID token was refused: ${reason}`);
    }
  }
  function freshClaims(raw, now) {
    try {
      const claims = parse(raw).claims;
      return isExpired(claims.exp, now) ? null : claims;
    } catch {
      return null;
    }
  }
  function checkClaims(claims, rules) {
    const { iss, aud, sub, exp, iat, nonce } = claims;
    need(iss === rules.issuer, `its issuer is not ${rules.issuer}`);
    need(isSeconds(exp) && isSeconds(iat), "its exp or iat is missing or not a number");
    need(!isExpired(exp, rules.now), "it has expired (or this device's clock is fast)");
    need(aud === rules.channelId, "it was issued for another channel");
    need(rules.nonce !== null || nonce === void 0, "it carries a nonce, but none was sent");
    need(typeof rules.nonce !== "string" || nonce === rules.nonce, "its nonce is not the one of this login");
    need(typeof sub === "string" && sub !== "", "it names no user");
    need(iat <= rules.now / 1e3 + aheadSeconds, "it was issued in the future (or this device's clock is slow)");
    need(iat <= exp, "it expires before it was issued");
    return claims;
  }
  function need(condition, complaint) {
    if (!condition) {
      throw new Error(complaint);
    }
  }
  function isSeconds(value) {
    return typeof value === "number" && Number.isFinite(value) && value > 0;
  }
  function isExpired(exp, now) {
    return !(isSeconds(exp) && exp * 1e3 > now);
  }

  // web/liff/src/pkce.ts
  function randomText(crypto) {
    return encodeBase64url(crypto.getRandomValues(new Uint8Array(32)));
  }
  async function challengeOf(subtle, verifier) {
    const digest = await subtle.digest("SHA-256", new TextEncoder().encode(verifier));
    return encodeBase64url(new Uint8Array(digest));
  }

  // web/liff/src/version.ts
  var version = "0.1.0";

  // web/liff/src/login.ts
  async function beginLogin(setup, redirectUri) {
    const { env, config, store } = setup;
    const subtle = subtleOf(env);
    const state = randomText(env.crypto());
    const verifier = randomText(env.crypto());
    const nonce = config.isLINE ? null : randomText(env.crypto());
    const query = new URLSearchParams({
      app_id: config.liffId,
      state,
      response_type: "code",
      code_challenge_method: "S256",
      code_challenge: await challengeOf(subtle, verifier),
      liff_sdk_version: version
    });
    if (redirectUri !== null) {
      query.set("redirect_uri", redirectUri);
    }
    if (nonce !== null) {
      query.set("nonce", nonce);
    }
    store.begin(state, { verifier, nonce, redirectUri, begunAt: env.now() });
    return `${config.access}/liff/v1/authorize?${query}`;
  }
  async function finishLogin(setup, callback, login) {
    const { env, config, api } = setup;
    if (callback.clientId !== null && callback.clientId !== config.channelId) {
      throw new LiffError(code.initFailed, "the login came back for another channel than the LIFF ID's");
    }
    const redirectUri = login.redirectUri ?? callback.redirectUri;
    if (callback.code === null || redirectUri === null) {
      throw new LiffError(code.initFailed, "the login came back incomplete: log in again");
    }
    const askedAt = env.now();
    const answer = await api.redeem(callback.code, login.verifier, redirectUri);
    const nonce = config.isLINE ? void 0 : login.nonce;
    const claims = answer.idToken === null ? null : await verified(setup, answer.idToken, nonce);
    const context = readContext(await api.contextToken(answer.accessToken), config);
    sameUser(claims, context.userId);
    return {
      accessToken: answer.accessToken,
      expiresAt: askedAt + answer.expiresIn * 1e3,
      idToken: answer.idToken,
      context
    };
  }
  async function verified(setup, raw, nonce) {
    const { env, config, api } = setup;
    const issuer = await api.issuer();
    const rules = { issuer, channelId: config.channelId, nonce, now: env.now() };
    return verifyIDToken(subtleOf(env), raw, () => api.certs(), rules);
  }
  function sameUser(claims, userId) {
    if (claims !== null && typeof userId === "string" && userId !== claims.sub) {
      throw new LiffError(code.invalidIDToken, "the ID token and the access token belong to different users");
    }
  }
  function subtleOf(env) {
    const subtle = env.crypto()?.subtle;
    if (subtle === void 0) {
      throw new LiffError(code.initFailed, "this page is not a secure context, so nothing can be verified: serve it by https or from localhost");
    }
    return subtle;
  }

  // web/liff/src/launch.ts
  async function launch(setup, credentials) {
    const accessToken = credentials.get("access_token");
    if (accessToken === void 0) {
      return null;
    }
    const { env, config, api } = setup;
    const askedAt = env.now();
    const answer = await ownToken(setup, accessToken);
    const idToken = credentials.get("id_token") ?? null;
    const nonce = config.isLINE ? void 0 : null;
    const claims = idToken === null ? null : await verified(setup, idToken, nonce);
    const context = readContext(credentials.get("context_token") ?? await api.contextToken(accessToken), config);
    sameUser(claims, context.userId);
    return { accessToken, expiresAt: askedAt + answer.expiresIn * 1e3, idToken, context };
  }
  async function recheck(setup, session) {
    try {
      await ownToken(setup, session.accessToken);
    } catch (error) {
      if (error instanceof AnswerError && (error.status === 400 || error.status === 401)) {
        setup.store.clear(session.accessToken);
      }
      throw error;
    }
  }
  async function ownToken(setup, accessToken) {
    const answer = await setup.api.verify(accessToken);
    if (answer.clientId !== setup.config.channelId) {
      throw new LiffError(code.initFailed, "the access token was issued for another channel");
    }
    return answer;
  }

  // web/liff/src/url.ts
  var callbackNames = [
    "code",
    "state",
    "liffClientId",
    "liffRedirectUri",
    "error",
    "error_description",
    "liffOAuth2Error"
  ];
  var credentialNames = [
    "access_token",
    "context_token",
    "feature_token",
    "id_token",
    "client_id",
    "mst_challenge",
    "mst_verifier",
    "msit"
  ];
  function readCallback(href) {
    const { query } = cut(href);
    return {
      code: last(query, "code"),
      state: last(query, "state"),
      error: last(query, "error"),
      description: last(query, "error_description"),
      isLIFFError: last(query, "liffOAuth2Error") !== null,
      clientId: last(query, "liffClientId"),
      redirectUri: last(query, "liffRedirectUri")
    };
  }
  function withoutCallback(href) {
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
  function readCredentials(href) {
    const { fragment } = cut(href);
    const found = /* @__PURE__ */ new Map();
    for (const name of credentialNames) {
      const value = last(fragment, name);
      if (value !== null) {
        found.set(name, value);
      }
    }
    return found;
  }
  function withoutCredentials(href) {
    const url = cut(href);
    url.fragment = keep(url.fragment, (name) => !credentialNames.includes(name));
    return join(url);
  }
  function withoutLIFF(href) {
    const url = cut(href);
    url.query = keep(url.query, (name) => !name.startsWith("liff."));
    url.fragment = "";
    return join(url);
  }
  function queryParameter(href, name) {
    return last(cut(href).query, name);
  }
  function cut(href) {
    const [, page = "", query = "", fragment = ""] = /^([^?#]*)(?:\?([^#]*))?(?:#([^]*))?$/.exec(href) ?? [];
    return { page, query, fragment };
  }
  function join({ page, query, fragment }) {
    return page + (query === "" ? "" : "?" + query) + (fragment === "" ? "" : "#" + fragment);
  }
  function keep(pairs, wanted) {
    return pairs.split("&").filter((pair) => wanted(nameOf(pair))).join("&");
  }
  function nameOf(pair) {
    return parse2(pair).keys().next().value ?? "";
  }
  function last(pairs, name) {
    return parse2(pairs).getAll(name).pop() || null;
  }
  function parse2(pairs) {
    return new URLSearchParams("&" + pairs);
  }

  // web/liff/src/liffurl.ts
  function isBelow(url, endpoint) {
    const root = endpoint.pathname.replace(/\/$/, "");
    return url.origin === endpoint.origin && (url.pathname === root || url.pathname.startsWith(root + "/"));
  }
  function secondaryURL(href, context) {
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
    const clean = withoutCredentials(target.href);
    return clean === href ? null : clean;
  }
  function oneSlash(path) {
    return path.replace(/\/{2,}/g, "/");
  }
  function permanentLink(text, context, config) {
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
    const extra = path === "/" && endpoint.pathname.endsWith("/") ? "" : path;
    const root = context?.miniDomainAllowed === true ? `${config.miniApp}/${context.miniAppId ?? config.liffId}` : `${config.liff}/${config.liffId}`;
    return root + extra + (query === "" ? "" : "?" + query) + rest.hash;
  }
  function withoutOwn(query, own) {
    const pairs = query.split("&").filter((pair) => !/^liff(\.|%2e)/i.test(pair));
    const rest = pairs.join("&");
    if (own !== "" && (rest === own || rest.startsWith(own + "&"))) {
      return rest.slice(own.length + 1);
    }
    return rest;
  }

  // web/liff/src/init.ts
  async function start(setup) {
    const { env, config, api, store, inClient } = setup;
    const credentials = takeCredentials(setup);
    const verified2 = (inClient ? await launch(setup, credentials) : null) ?? await comeBack(setup);
    const session = verified2 ?? store.session();
    if (verified2 !== null) {
      store.save(verified2);
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
  function takeCredentials({ env, inClient }) {
    const href = env.href();
    const credentials = readCredentials(href);
    if (inClient || credentials.has("context_token") || credentials.has("feature_token")) {
      rewrite(env, href, withoutCredentials(href));
    }
    return credentials;
  }
  async function comeBack(setup) {
    const { env, store } = setup;
    const href = env.href();
    const callback = readCallback(href);
    if (callback.code === null && callback.error === null) {
      return null;
    }
    const login = callback.state === null ? null : store.take(callback.state);
    const isOurs = login !== null || callback.isLIFFError || callback.clientId !== null;
    if (!isOurs) {
      return null;
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
  function unknownLogin({ env, store }, callback) {
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
  function secondary(env, context) {
    try {
      return secondaryURL(env.href(), context);
    } catch (error) {
      env.warn(`liff.init: liff.state was ignored: ${error.message}`);
      return null;
    }
  }
  function returnHere(env, context) {
    const here = parseURL(withoutLIFF(env.href()));
    const endpoint = parseURL(context.endpointUrl);
    const allowed = here !== void 0 && endpoint !== void 0 && isBelow(here, endpoint);
    return allowed && here.href !== endpoint.href ? here.href : null;
  }
  function warnOutside(env, context) {
    const endpoint = parseURL(context.endpointUrl);
    const here = parseURL(env.href());
    if (endpoint && here && !isBelow(here, endpoint) && queryParameter(env.href(), "liff.state") === null) {
      env.warn(`liff.init: this page is not at or below the endpoint URL ${endpoint.href}: logins will not return here`);
    }
  }
  function rewrite(env, from, to) {
    if (from !== to) {
      env.rewrite(to);
    }
  }

  // web/liff/src/store.ts
  var pendingLife = 60 * 60 * 1e3;
  var pendingMost = 16;
  var Store = class {
    constructor(storage, config, now) {
      this.storage = storage;
      this.now = now;
      this.prefix = `tegata.liff:${config.liffId}@${config.api}:`;
    }
    /** The live session; an expired or damaged one is removed and null returned. */
    session() {
      const session = this.read("session");
      const good = typeof session?.accessToken === "string" && typeof session.expiresAt === "number" && typeof session.context === "object" && session.context !== null;
      if (good && session.expiresAt > this.now()) {
        return session;
      }
      if (session !== null) {
        this.clear();
      }
      return null;
    }
    save(session) {
      this.write("session", session);
    }
    /** Removes the session, but only the one of the given token if one is given. */
    clear(accessToken) {
      if (accessToken !== void 0 && this.read("session")?.accessToken !== accessToken) {
        return;
      }
      this.quietly((storage) => storage.removeItem(this.prefix + "session"));
    }
    /** Keeps a begun login until it returns. Throws if the browser keeps nothing. */
    begin(state, login) {
      this.prune();
      this.write("login:" + state, login);
    }
    /** Hands out a begun login once: whoever returns with the same state again finds nothing. */
    take(state) {
      const key = "login:" + state;
      const login = this.read(key);
      this.quietly((storage) => storage.removeItem(this.prefix + key));
      const good = typeof login?.verifier === "string" && this.now() - login.begunAt < pendingLife;
      return good ? login : null;
    }
    prune() {
      this.quietly((storage) => {
        const begun = [];
        for (let i = 0; i < storage.length; i++) {
          const key = storage.key(i);
          if (key?.startsWith(this.prefix + "login:")) {
            const login = this.read(key.slice(this.prefix.length));
            begun.push({ key, at: login?.begunAt ?? 0 });
          }
        }
        begun.sort((a, b) => b.at - a.at);
        const old = begun.filter((b, i) => i >= pendingMost - 1 || this.now() - b.at >= pendingLife);
        old.forEach((b) => storage.removeItem(b.key));
      });
    }
    read(key) {
      try {
        return JSON.parse(this.storage().getItem(this.prefix + key) ?? "null");
      } catch {
        return null;
      }
    }
    write(key, value) {
      try {
        this.storage().setItem(this.prefix + key, JSON.stringify(value));
      } catch (cause) {
        const message = "the browser keeps no data for this page: allow site data (or leave private browsing) and try again";
        throw new LiffError(code.unknown, message, { cause });
      }
    }
    quietly(act) {
      try {
        act(this.storage());
      } catch {
      }
    }
  };

  // web/liff/src/client.ts
  var permissions = ["profile", "chat_message.write", "openid", "email"];
  var openable = ["https:", "http:", "line:", "tel:", "mailto:", "sms:"];
  var Client = class {
    constructor(env) {
      this.env = env;
      this.setup = null;
      this.context = null;
      this.running = null;
      this.ready = new Promise((resolve) => this.isReady = resolve);
    }
    get id() {
      return this.setup?.config.liffId ?? null;
    }
    init(options, success, failure) {
      const done = this.runOnce(options);
      if (success || failure) {
        done.then(() => success?.(), (error) => failure?.(error));
      }
      return done;
    }
    // Two calls at once (frameworks mount twice in development) share one run: the
    // second would find the code of the first already used.
    async runOnce(options) {
      const config = parseConfig(options);
      const key = JSON.stringify(config);
      if (this.running && this.running.options !== key) {
        throw new LiffError(code.invalidConfig, "another liff.init with other options has not finished");
      }
      if (!this.running) {
        const done = this.run({ env: this.env, config, ...this.reach(config) });
        this.running = { options: key, done };
        const forget = () => void (this.running = null);
        done.then(forget, forget);
      }
      return this.running.done;
    }
    reach(config) {
      const inClient = this.isInClient();
      const storage = () => inClient ? this.env.sessionStorage() : this.env.localStorage();
      return { inClient, api: new Api(this.env, config), store: new Store(storage, config, () => this.env.now()) };
    }
    async run(setup) {
      this.setup = setup;
      this.context = null;
      this.context = await start(setup);
      if (this.context === null) {
        return new Promise(() => {
        });
      }
      this.isReady();
    }
    async login(options = {}) {
      const setup = this.needSetup("liff.login");
      const given = options?.redirectUri;
      const redirectUri = given === void 0 ? setup.config.redirectUri : parseRedirect(given, code.invalidArgument);
      this.env.navigate(await beginLogin(setup, redirectUri ?? null));
    }
    async logout() {
      const session = this.session();
      if (!this.setup || session === null) {
        return { revoked: false, reason: "nobody is logged in" };
      }
      this.setup.store.clear();
      this.context = withoutUser(session.context);
      if (this.setup.config.isLINE) {
        const reason = "LINE revokes a LIFF app's access token only when the app is closed or the token expires";
        this.env.info(`liff.logout: nothing was revoked: ${reason}`);
        return { revoked: false, reason };
      }
      try {
        await this.setup.api.revoke(session.accessToken);
        return { revoked: true };
      } catch (error) {
        const reason = error.message;
        this.env.warn(`liff.logout: the access token was forgotten here but not revoked: ${reason}`);
        return { revoked: false, reason };
      }
    }
    isLoggedIn() {
      return this.session() !== null;
    }
    isInClient() {
      return this.client ?? (this.client = isInClient(this.env));
    }
    getOS() {
      return osOf(this.env.userAgent());
    }
    getLanguage() {
      return this.env.language();
    }
    getLineVersion() {
      return lineVersionOf(this.env.userAgent());
    }
    getContext() {
      return this.context;
    }
    getIDToken() {
      const raw = this.session()?.idToken ?? null;
      return raw !== null && freshClaims(raw, this.env.now()) !== null ? raw : null;
    }
    getDecodedIDToken() {
      const raw = this.session()?.idToken ?? null;
      return raw === null ? null : freshClaims(raw, this.env.now());
    }
    getAccessToken() {
      return this.session()?.accessToken ?? null;
    }
    async getProfile() {
      const { setup, session } = this.needScope("profile");
      const profile = await this.forgetIf([401], session, setup.api.profile(session.accessToken));
      sameUser(this.getDecodedIDToken(), profile.userId);
      return profile;
    }
    async getFriendship(options = {}) {
      const { setup, session } = this.needScope("profile");
      return this.forgetIf([401], session, setup.api.friendship(session.accessToken, options?.officialAccountId));
    }
    async queryPermission(name) {
      if (!permissions.includes(name)) {
        throw new LiffError(code.invalidArgument, `permission must be one of ${permissions.join(", ")}`);
      }
      this.needSession();
      if (!hasScope(this.context, name)) {
        return { state: "unavailable" };
      }
      return { state: (await this.getGrantedAll()).includes(name) ? "granted" : "prompt" };
    }
    async getGrantedAll() {
      const { setup, session } = this.needSession();
      const answer = await this.forgetIf([400, 401], session, setup.api.verify(session.accessToken));
      return answer.scopes;
    }
    async createUrlBy(url) {
      const setup = this.needSetup("liff.permanentLink.createUrlBy");
      return permanentLink(url, this.context, setup.config);
    }
    openWindow(options) {
      const url = parseURL(options?.url);
      if (!url || !openable.includes(url.protocol)) {
        throw new LiffError(code.invalidArgument, `liff.openWindow needs an absolute URL of ${openable.join(" ")}`);
      }
      if (this.isInClient() && url.protocol.startsWith("http")) {
        url.searchParams.set("is_liff_external_open_window", String(options.external === true));
      }
      this.env.openWindow(url.href);
    }
    closeWindow() {
      if (this.isInClient()) {
        this.env.navigate("liff://close");
      } else {
        this.env.closeWindow();
      }
    }
    session() {
      return this.setup?.store.session() ?? null;
    }
    needSetup(what) {
      if (!this.setup) {
        throw new LiffError(code.invalidConfig, `await liff.init before ${what}`);
      }
      return this.setup;
    }
    needSession() {
      const session = this.session();
      if (!this.setup || session === null) {
        throw new LiffError(code.unauthorized, "nobody is logged in: await liff.init, then liff.login");
      }
      return { setup: this.setup, session };
    }
    needScope(name) {
      const found = this.needSession();
      if (!hasScope(this.context, name)) {
        throw new LiffError(code.forbidden, `the LIFF app has not the scope ${name}: add it in the LIFF app's settings`);
      }
      return found;
    }
    // A token that the platform refuses is no login any more.
    async forgetIf(statuses, session, answer) {
      try {
        return await answer;
      } catch (error) {
        if (error instanceof AnswerError && statuses.includes(error.status)) {
          this.setup?.store.clear(session.accessToken);
        }
        throw error;
      }
    }
  };

  // web/liff/src/environment.ts
  var browser = {
    href: () => window.location.href,
    rewrite: (url) => window.history.replaceState(window.history.state, "", url),
    navigate: (url) => window.location.assign(url),
    replace: (url) => window.location.replace(url),
    // noopener: the opened page must not be able to navigate the LIFF app.
    openWindow: (url) => void window.open(url, "_blank", "noopener"),
    closeWindow: () => window.close(),
    userAgent: () => navigator.userAgent,
    language: () => navigator.language,
    localStorage: () => window.localStorage,
    sessionStorage: () => window.sessionStorage,
    fetch: (url, init) => fetch(url, init),
    crypto: () => globalThis.crypto,
    now: () => Date.now(),
    info: (message) => console.info(message),
    warn: (message) => console.warn(message)
  };

  // web/liff/src/index.ts
  function createLiff(environment = {}) {
    const client = new Client({ ...browser, ...environment });
    return {
      ready: client.ready,
      get id() {
        return client.id;
      },
      init: (options, success, failure) => client.init(options, success, failure),
      login: (options) => client.login(options),
      logout: () => client.logout(),
      isLoggedIn: () => client.isLoggedIn(),
      isInClient: () => client.isInClient(),
      getOS: () => client.getOS(),
      getLanguage: () => client.getLanguage(),
      // What the LINE app's language is, only the LINE app knows.
      getAppLanguage: () => client.getLanguage(),
      getVersion: () => version,
      getLineVersion: () => client.getLineVersion(),
      getContext: () => client.getContext(),
      getIDToken: () => client.getIDToken(),
      getDecodedIDToken: () => client.getDecodedIDToken(),
      getAccessToken: () => client.getAccessToken(),
      getProfile: () => client.getProfile(),
      getFriendship: (options) => client.getFriendship(options),
      permission: {
        query: (name) => client.queryPermission(name),
        getGrantedAll: () => client.getGrantedAll()
      },
      permanentLink: { createUrlBy: (url) => client.createUrlBy(url) },
      openWindow: (options) => client.openWindow(options),
      closeWindow: () => client.closeWindow()
    };
  }
  var liff = createLiff();
  var index_default = liff;

  // web/liff/src/script.ts
  var names = window;
  names.tegataLiff = index_default;
  if (!Object.prototype.hasOwnProperty.call(window, "liff")) {
    names.liff = index_default;
  }
})();
