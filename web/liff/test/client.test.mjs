// Options, API calls, the LIFF browser's start, and what the page itself can do.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createLiff, liff as shared, LiffError } from "../dist/liff.mjs";
import standard from "../dist/liff.mjs";
import { Browser } from "./browser.mjs";
import { channelId, liffId, sign, startPlatform } from "./platform.mjs";

const start = async (t, platformOptions) => {
  const platform = await startPlatform(t, platformOptions);
  return { platform, browser: new Browser(platform), options: { liffId, baseUrl: platform.url } };
};

test("options that cannot work are refused before anything is sent", async () => {
  const asked = [];
  const bad = [
    undefined, null, {}, { liffId: "" }, { liffId: 5 }, { liffId: "2000000001" }, { liffId: "x-demo" }, { liffId: "1-a/../b" },
    ...["localhost:4800", "/x", "ftp://a.example", "http://a.example", "http://127.0.0.1.example", "http://10.0.0.1:4800",
      "https://a.example/path", "https://a.example/?q", "https://u@a.example", "https://api.line.me", "https://line.me", 7, null]
      .map((baseUrl) => ({ liffId, baseUrl })),
    { liffId, issuer: "access.line.me" }, { liffId, redirectUri: "/start" }, { liffId, redirectUri: "javascript:1" },
  ];
  for (const options of bad) {
    const liff = createLiff({ fetch: (url) => asked.push(url), href: () => "https://app.example/" });
    await assert.rejects(liff.init(options), (e) => e instanceof LiffError && e.code === "INVALID_CONFIG", JSON.stringify(options));
    assert.equal(liff.id, null);
  }
  assert.deepEqual(asked, []);
});

test("base URLs on loopback may be http", async (t) => {
  for (const baseUrl of ["http://localhost:1", "http://127.0.0.1:1/", "http://[::1]:1", "http://a.localhost:1", "https://login.example.com"]) {
    const liff = new Browser().load(undefined, { fetch: async () => { throw new TypeError("refused"); } });
    await assert.rejects(liff.init({ liffId, baseUrl }), { code: "UNKNOWN", message: /contextToken cannot be reached/ }, baseUrl);
  }
});

test("before init nothing is known and nothing throws but what needs it", async () => {
  const liff = new Browser().load();
  for (const name of ["getContext", "getIDToken", "getDecodedIDToken", "getAccessToken"]) {
    assert.equal(liff[name](), null, name);
  }
  assert.equal(liff.id, null);
  assert.equal(liff.isLoggedIn(), false);
  await assert.rejects(liff.login(), { code: "INVALID_CONFIG" });
  await assert.rejects(liff.getProfile(), { code: "UNAUTHORIZED" });
  await assert.rejects(liff.permission.getGrantedAll(), { code: "UNAUTHORIZED" });
  await assert.rejects(liff.permission.query("profile"), { code: "UNAUTHORIZED" });
  await assert.rejects(liff.permanentLink.createUrlBy("https://app.example/start"), { code: "INVALID_CONFIG" });
  assert.deepEqual(await liff.logout(), { revoked: false, reason: "nobody is logged in" });
});

test("the module makes a client without a browser, as a server's renderer imports it", () => {
  assert.equal(standard, shared);
  assert.equal(standard.id, null);
  const pack = JSON.parse(readFileSync(new URL("../package.json", import.meta.url)));
  assert.equal(standard.getVersion(), pack.version);
});

test("profile, friendship and permissions", async (t) => {
  const { platform, browser, options } = await start(t);
  const { getProfile, getFriendship, getAccessToken, permission } = await browser.logIn(options);
  assert.deepEqual(await getProfile(), { userId: platform.userId, displayName: "花子" });
  assert.deepEqual(await getFriendship(), { friendFlag: true });
  await getFriendship({ officialAccountId: "@a b" });
  assert.equal(platform.requests.at(-1).query.get("officialAccountId"), "@a b");
  assert.equal(platform.requests.at(-1).headers.authorization, "Bearer " + getAccessToken());
  assert.deepEqual(await permission.getGrantedAll(), ["openid", "profile"]);
  assert.deepEqual(await permission.query("profile"), { state: "granted" });
  assert.deepEqual(await permission.query("email"), { state: "unavailable" });
  await assert.rejects(permission.query("friends"), { code: "INVALID_ARGUMENT" });
});

test("permission: a scope that is not granted; scopes with %20", async (t) => {
  const { platform, browser, options } = await start(t, { scope: ["openid", "profile", "email"] });
  const liff = await browser.logIn(options);
  platform.spoil["GET /oauth2/v2.1/verify"] = () => [200, { scope: "openid%20profile.x", client_id: channelId, expires_in: 9 }];
  assert.deepEqual(await liff.permission.getGrantedAll(), ["openid", "profile.x"]);
  assert.deepEqual(await liff.permission.query("profile"), { state: "prompt" });
  assert.deepEqual(await liff.permission.query("email"), { state: "prompt" });
});

test("a scope that the LIFF app has not is forbidden", async (t) => {
  const { browser, options } = await start(t, { scope: ["openid"] });
  const liff = await browser.logIn(options);
  await assert.rejects(liff.getProfile(), { code: "FORBIDDEN" });
  await assert.rejects(liff.getFriendship(), { code: "FORBIDDEN" });
});

test("the profile of another user is refused", async (t) => {
  const { platform, browser, options } = await start(t);
  const liff = await browser.logIn(options);
  platform.spoil["GET /v2/profile"] = () => [200, { userId: "U" + "2".repeat(32), displayName: "x" }];
  await assert.rejects(liff.getProfile(), { code: "INVALID_ID_TOKEN" });
});

test("a revoked token ends the login at the first call that meets it", async (t) => {
  for (const [call, code] of [["getProfile", "401"], ["getFriendship", "401"], ["getGrantedAll", "invalid_request"]]) {
    const { platform, browser, options } = await start(t);
    const liff = await browser.logIn(options);
    platform.tokens.clear();
    await assert.rejects((liff[call] ?? liff.permission[call])(), { code }, call);
    assert.equal(liff.isLoggedIn(), false, call);
  }
});

test("errors of the platform keep their code and message", async (t) => {
  const answers = [
    [400, { error: "invalid_grant", error_description: "d" }, "invalid_grant", "d"],
    [400, { errorCode: "E1", message: "m" }, "E1", "m"],
    [403, { message: "m" }, "403", "m"],
    [418, { message: "m" }, "UNKNOWN", "m"],
    [500, "<html>", "500", "Internal Server Error"],
    [200, "<html>", "UNKNOWN", /something that is not its answer/],
    [200, [], "UNKNOWN", /something that is not its answer/],
  ];
  const { platform, browser, options } = await start(t);
  const liff = await browser.logIn(options);
  for (const [status, body, code, message] of answers) {
    platform.spoil["GET /v2/profile"] = () => [status, body];
    await assert.rejects(liff.getProfile(), { name: "LiffError", code, message });
    assert.equal(liff.isLoggedIn(), true);
  }
});

test("no call sends cookies, follows redirects or names a token in an error", async (t) => {
  const { browser, options } = await start(t);
  const token = (await browser.logIn(options)).getAccessToken();
  const seen = [];
  const liff = browser.load(undefined, { fetch: async (url, init) => { seen.push(init); throw new TypeError("down"); } });
  await liff.init(options);
  await assert.rejects(liff.permission.getGrantedAll(), (e) => e.code === "UNKNOWN" && !e.message.includes(token.slice(4)));
  const { credentials, redirect, referrerPolicy, headers } = seen[0];
  assert.deepEqual({ credentials, redirect, referrerPolicy, headers },
    { credentials: "omit", redirect: "error", referrerPolicy: "no-referrer", headers: undefined });
});

async function launchURL(platform, change = {}) {
  const context = await sign(platform.key, { alg: "ES256" }, {
    type: "utou", utouId: "x", liffId, endpointUrl: platform.endpointUrl, scope: platform.scope, userId: platform.userId, ...change.context,
  });
  const members = {
    context_token: context, access_token: platform.newAccessToken(change.token), feature_token: "f",
    id_token: await platform.idToken(change.claims), client_id: channelId, mst_challenge: "m", ...change.members,
  };
  for (const name of Object.keys(members)) members[name] ?? delete members[name];
  return platform.endpointUrl + "?a=1#" + new URLSearchParams(members) + "&mine=1";
}

const liffBrowser = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari Line/15.12.1 LIFF";

test("the LIFF browser hands the login over", async (t) => {
  const { platform, browser, options } = await start(t);
  browser.userAgent = liffBrowser;
  const liff = browser.load(await launchURL(platform));
  await liff.init(options);
  assert.equal(liff.isInClient(), true);
  assert.equal(liff.getOS(), "ios");
  assert.equal(liff.getLineVersion(), "15.12.1");
  assert.equal(liff.getContext().type, "utou");
  assert.equal(liff.getDecodedIDToken().sub, platform.userId);
  assert.equal(browser.url, "https://app.example/start?a=1#mine=1");
  assert.equal(browser.localStorage.length, 0, "the login ends with the tab");
  assert.deepEqual(platform.requests.map((r) => r.path).sort(), ["/.well-known/openid-configuration", "/oauth2/v2.1/certs", "/oauth2/v2.1/verify"]);

  const next = browser.load();
  await next.init(options);
  assert.equal(next.isLoggedIn(), true);
  assert.equal(platform.requests.at(-1).path, "/oauth2/v2.1/verify", "later pages ask whether the token lives");
  platform.tokens.clear();
  await assert.rejects(browser.load().init(options), { code: "invalid_request" });
  const out = await browser.leaves(options);
  assert.match(out, /\/liff\/v1\/authorize\?/, "after a dead token the next load logs in");
});

test("what a fragment may not bring in", async (t) => {
  const bad = {
    "another channel's token": [{ token: { clientId: "2000000002" } }, { code: "INIT_FAILED", message: /another channel/ }],
    "a made-up token": [{ members: { access_token: "t/x" } }, { code: "invalid_request" }],
    "another channel's ID token": [{ claims: { aud: "2000000002" } }, { code: "INVALID_ID_TOKEN" }],
    "an expired ID token": [{ claims: { exp: 1000, iat: 900 } }, { code: "INVALID_ID_TOKEN" }],
    "an ID token of a login with nonce": [{ claims: { nonce: "n" } }, { code: "INVALID_ID_TOKEN", message: /nonce/ }],
    "another user's ID token": [{ claims: { sub: "U" + "2".repeat(32) } }, { code: "INVALID_ID_TOKEN", message: /different users/ }],
    "another LIFF app's context": [{ context: { liffId: "2000000001-other" } }, { code: "INIT_FAILED" }],
    "no context at all": [{ members: { context_token: "x.y" } }, { code: "INIT_FAILED" }],
  };
  for (const [name, [change, refusal]] of Object.entries(bad)) {
    const { platform, browser, options } = await start(t);
    browser.userAgent = liffBrowser;
    const liff = browser.load(await launchURL(platform, change));
    await assert.rejects(liff.init(options), refusal, name);
    assert.doesNotMatch(browser.stored(), /accessToken/, name);
    assert.equal(browser.url, "https://app.example/start?a=1#mine=1", name);
  }
});

test("a fragment's credentials are not used outside a LIFF browser, and removed", async (t) => {
  const { platform, browser, options } = await start(t);
  const liff = browser.load(await launchURL(platform));
  await liff.init(options);
  assert.equal(liff.isLoggedIn(), false);
  assert.equal(browser.url, "https://app.example/start?a=1#mine=1");
  const foreign = "https://app.example/start#access_token=another.protocol&id_token=x";
  await browser.load(foreign).init(options);
  assert.equal(browser.url, foreign, "another protocol's answer is left alone");
});

test("in a LIFF browser: the ways to tell, and a start without credentials", async (t) => {
  const { platform, browser, options } = await start(t);
  browser.sessionStorage.setItem("LIFF_STORE:isInClient", "1");
  assert.equal(browser.load().isInClient(), true, "the mark of LINE's SDK");
  const out = await browser.leaves(options, platform.endpointUrl + "/sub?x=1");
  assert.equal(new URL(out).searchParams.get("redirect_uri"), platform.endpointUrl + "/sub?x=1");
  const back = browser.load(platform.authorize(out));
  await back.init(options);
  assert.equal(back.isLoggedIn(), true);

  const other = new Browser(platform);
  other.userAgent = "Mozilla/5.0 (Linux; Android 16) Line/15.12.1/IAB";
  assert.equal(other.load().isInClient(), false);
  assert.equal(other.load(platform.endpointUrl + "#access_token=x").isInClient(), true);
  assert.equal(other.load(platform.endpointUrl).isInClient(), true, "kept for later pages of the tab");
  assert.equal(other.load().getOS(), "android");
});

test("windows", async (t) => {
  const browser = new Browser();
  const liff = browser.load();
  liff.openWindow({ url: "https://a.example/?q=1" });
  for (const url of ["javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x", "blob:https://a/x", "file:///etc", "/relative", "", undefined]) {
    assert.throws(() => liff.openWindow({ url }), { code: "INVALID_ARGUMENT" }, String(url));
  }
  assert.throws(() => liff.openWindow(), { code: "INVALID_ARGUMENT" });
  liff.closeWindow();
  assert.equal(browser.closed, 1);
  browser.userAgent = liffBrowser;
  const inside = browser.load();
  inside.openWindow({ url: "https://a.example/?q=1#f", external: true });
  inside.closeWindow();
  assert.deepEqual(browser.opened, ["https://a.example/?q=1", "https://a.example/?q=1&is_liff_external_open_window=true#f"]);
  assert.deepEqual(browser.left, ["liff://close"]);
  assert.equal(liff.getLanguage(), "ja-JP");
  assert.equal(liff.getAppLanguage(), "ja-JP");
});
