// Login and logout outside the LIFF browser, against a platform on a real port.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Browser } from "./browser.mjs";
import { channelId, liffId, startPlatform } from "./platform.mjs";

async function setUp(t, platformOptions) {
  const platform = await startPlatform(t, platformOptions);
  return { platform, browser: new Browser(platform), options: { liffId, baseUrl: platform.url } };
}

test("a person logs in and their token is verified before anything is stored", async (t) => {
  const { platform, browser, options } = await setUp(t);
  const first = browser.load();
  await first.init(options);
  assert.equal(first.isLoggedIn(), false);
  assert.equal(first.getIDToken(), null);
  assert.equal(first.getContext().endpointUrl, platform.endpointUrl);

  await first.login();
  const url = new URL(browser.left[0]);
  assert.equal(url.origin + url.pathname, platform.url + "/liff/v1/authorize");
  assert.deepEqual([...url.searchParams.keys()],
    ["app_id", "state", "response_type", "code_challenge_method", "code_challenge", "liff_sdk_version", "nonce"]);
  for (const name of ["state", "code_challenge", "nonce"]) {
    assert.match(url.searchParams.get(name), /^[A-Za-z0-9_-]{43}$/, name);
  }

  const liff = browser.load(platform.authorize(browser.left[0]));
  await liff.init(options);
  await liff.ready;
  assert.equal(liff.id, liffId);
  assert.equal(liff.isLoggedIn(), true);
  assert.equal(liff.getDecodedIDToken().sub, platform.userId);
  assert.equal(liff.getDecodedIDToken().name, "花子 Hanako");
  assert.equal(liff.getDecodedIDToken().nonce, url.searchParams.get("nonce"));
  assert.equal(liff.getIDToken().split(".").length, 3);
  assert.ok(platform.tokens.has(liff.getAccessToken()));
  assert.equal(browser.url, "https://app.example/start");
  assert.doesNotMatch(browser.stored(), /codeVerifier|verifier/, "the begun login is gone");
});

test("a reload keeps the login without asking the platform", async (t) => {
  const { platform, browser, options } = await setUp(t);
  const token = (await browser.logIn(options)).getIDToken();
  const before = platform.requests.length;
  const again = browser.load();
  await again.init(options);
  assert.equal(again.getIDToken(), token);
  assert.equal(again.getContext().userId, platform.userId);
  assert.equal(platform.requests.length, before);
});

test("only the callback's own parameters leave the URL", async (t) => {
  const { platform, browser, options } = await setUp(t);
  const first = browser.load();
  await first.init(options);
  await first.login({ redirectUri: "https://app.example/start/x?code=promo&a=%20b+c&state=new" });
  const back = platform.authorize(browser.left[0]) + "&friendship_status_changed=true#/route";
  const liff = browser.load(back);
  await liff.init(options);
  assert.equal(liff.isLoggedIn(), true);
  assert.equal(browser.url, "https://app.example/start/x?code=promo&a=%20b+c&state=new&friendship_status_changed=true#/route");
});

test("a code for an unknown state is not redeemed", async (t) => {
  const { platform, browser, options } = await setUp(t);
  const attacker = new Browser(platform);
  const lure = attacker.load();
  await lure.init(options);
  await lure.login();
  const forged = platform.authorize(attacker.left[0]);

  const liff = browser.load(forged);
  await assert.rejects(liff.init(options), { name: "LiffError", code: "INIT_FAILED", message: /not begun in this browser/ });
  assert.equal(liff.isLoggedIn(), false);
  assert.equal(platform.requests.filter((r) => r.path === "/oauth2/v2.1/token").length, 0);
  assert.equal(browser.url, "https://app.example/start", "a reload starts afresh");
});

test("a code for an unknown state leaves an existing login alone", async (t) => {
  const { platform, browser, options } = await setUp(t);
  const token = (await browser.logIn(options)).getAccessToken();
  const liff = browser.load(`https://app.example/start?code=x&state=y&liffClientId=${channelId}`);
  await liff.init(options);
  assert.equal(liff.getAccessToken(), token);
  assert.match(browser.said.join(), /ignored: a code came back/);
  assert.equal(platform.requests.filter((r) => r.path === "/oauth2/v2.1/token").length, 1);
});

test("a state is good once", async (t) => {
  const { platform, browser, options } = await setUp(t);
  await browser.load().init(options);
  const first = browser.load();
  await first.init(options);
  await first.login();
  const back = platform.authorize(browser.left[0]);
  const liff = browser.load(back);
  await liff.init(options);
  await liff.logout();
  await assert.rejects(browser.load(back).init(options), { code: "INIT_FAILED" });
});

test("two tabs may log in at the same time", async (t) => {
  const { platform, browser, options } = await setUp(t);
  const [one, two] = [browser.load(), browser.load()];
  await Promise.all([one.init(options), two.init(options)]);
  await one.login();
  await two.login();
  const [urlOne, urlTwo] = browser.left;
  const back = browser.load(platform.authorize(urlOne));
  await back.init(options);
  const token = back.getAccessToken();
  const renewed = browser.load(platform.authorize(urlTwo));
  await renewed.init(options);
  assert.ok(platform.tokens.has(renewed.getAccessToken()));
  assert.notEqual(renewed.getAccessToken(), token);
});

test("a login an hour later is refused", async (t) => {
  const { platform, browser, options } = await setUp(t);
  const first = browser.load();
  await first.init(options);
  await first.login();
  browser.clock += 3600_000;
  await assert.rejects(browser.load(platform.authorize(browser.left[0])).init(options), { code: "INIT_FAILED" });
});

test("an app's own code parameter is not touched", async (t) => {
  const { browser, options } = await setUp(t);
  const url = "https://app.example/start?code=promo&state=open";
  const liff = browser.load(url);
  await liff.init(options);
  assert.equal(browser.url, url);
});

test("a refused login rejects init and says why", async (t) => {
  const { platform, browser, options } = await setUp(t);
  const first = browser.load();
  await first.init(options);
  await first.login();
  const liff = browser.load(platform.authorize(browser.left[0], { deny: true }));
  const seen = [];
  await assert.rejects(liff.init(options, () => seen.push("success"), (e) => seen.push(e.code)),
    { code: "INIT_FAILED", message: "ACCESS_DENIED: The resource owner denied the request." });
  assert.deepEqual(seen, ["INIT_FAILED"]);
  assert.equal(browser.url, "https://app.example/start");
  await liff.login(); // a button "log in again" works
  assert.equal(browser.left.length, 2);
});

test("the text of an error that nobody asked for is not in the error", async (t) => {
  const { browser, options } = await setUp(t);
  const liff = browser.load("https://app.example/start?error=X&error_description=call+0900&liffOAuth2Error=true&state=s");
  await assert.rejects(liff.init(options), (e) => e.code === "INIT_FAILED" && !/0900/.test(e.message));
});

test("withLoginOnExternalBrowser leaves at once and comes back to the same page", async (t) => {
  const { platform, browser, options } = await setUp(t);
  const out = await browser.leaves({ ...options, withLoginOnExternalBrowser: true }, "https://app.example/start/deep?a=1&liff.referrer=x#f");
  assert.equal(new URL(out).searchParams.get("redirect_uri"), "https://app.example/start/deep?a=1");
  const liff = browser.load(platform.authorize(out));
  await liff.init({ ...options, withLoginOnExternalBrowser: true });
  assert.equal(liff.isLoggedIn(), true);
  assert.equal(browser.url, "https://app.example/start/deep?a=1");
});

test("redirectUri: login's, then init's, then the endpoint URL", async (t) => {
  const { browser, options } = await setUp(t);
  const asked = async (initOptions, loginOptions) => {
    const liff = browser.load();
    await liff.init(initOptions);
    await liff.login(loginOptions);
    return new URL(browser.left.at(-1)).searchParams.get("redirect_uri");
  };
  const mine = { ...options, redirectUri: "https://app.example/start/mine" };
  assert.equal(await asked(options), null);
  assert.equal(await asked(mine), "https://app.example/start/mine");
  assert.equal(await asked(mine, { redirectUri: "https://app.example/start/other" }), "https://app.example/start/other");
  await assert.rejects(asked(options, { redirectUri: "/start" }), { code: "INVALID_ARGUMENT" });
  await assert.rejects(asked(options, { redirectUri: "javascript:alert(1)" }), { code: "INVALID_ARGUMENT" });
});

test("two inits at once share one run", async (t) => {
  const { platform, browser, options } = await setUp(t);
  const first = browser.load();
  await first.init(options);
  await first.login();
  const liff = browser.load(platform.authorize(browser.left[0]));
  await Promise.all([liff.init(options), liff.init({ ...options })]);
  assert.equal(liff.isLoggedIn(), true);
  const other = browser.load();
  const running = other.init(options);
  await assert.rejects(other.init({ ...options, issuer: "https://other.example" }), { code: "INVALID_CONFIG" });
  await running;
});

test("logout forgets at once and revokes", async (t) => {
  const { platform, browser, options } = await setUp(t);
  const liff = await browser.logIn(options);
  const token = liff.getAccessToken();
  const done = liff.logout();
  assert.equal(liff.isLoggedIn(), false);
  assert.equal(liff.getContext().userId, undefined);
  assert.deepEqual(await done, { revoked: true });
  assert.equal(platform.tokens.has(token), false);
  const sent = platform.requests.find((r) => r.path === "/oauth2/v2.1/revoke");
  assert.deepEqual([...sent.form], [["access_token", token], ["client_id", channelId]]);
  assert.equal(sent.headers["content-type"], "application/x-www-form-urlencoded;charset=UTF-8");
  assert.doesNotMatch(browser.stored(), new RegExp(token.slice(4)));
  assert.deepEqual(await liff.logout(), { revoked: false, reason: "nobody is logged in" });
});

test("logout that cannot revoke says so", async (t) => {
  const { platform, browser, options } = await setUp(t);
  const liff = await browser.logIn(options);
  platform.spoil["POST /oauth2/v2.1/revoke"] = () => [503, { error: "server_error" }];
  const result = await liff.logout();
  assert.equal(result.revoked, false);
  assert.ok(result.reason);
  assert.equal(liff.isLoggedIn(), false);
});

test("against LINE's hosts: no nonce, no discovery, no revoke", async (t) => {
  const { platform, browser } = await setUp(t);
  const liff = await browser.logIn({ liffId });
  const url = new URL(browser.left[0]);
  assert.equal(url.origin, "https://access.line.me");
  assert.equal(url.searchParams.has("nonce"), false);
  assert.equal(liff.getDecodedIDToken().iss, "https://access.line.me");
  const result = await liff.logout();
  assert.equal(result.revoked, false);
  assert.match(result.reason, /LINE revokes/);
  assert.match(browser.said.join(), /nothing was revoked/);
  const paths = platform.requests.map((r) => r.path);
  assert.ok(!paths.includes("/oauth2/v2.1/revoke") && !paths.includes("/.well-known/openid-configuration"), String(paths));
});

test("a token of one platform is not there for another", async (t) => {
  const { browser, options } = await setUp(t);
  await browser.logIn(options);
  const elsewhere = await startPlatform(t);
  const liff = browser.load();
  await liff.init({ liffId, baseUrl: elsewhere.url });
  assert.equal(liff.isLoggedIn(), false);
});

test("a browser that keeps nothing is told so instead of looping", async (t) => {
  const { browser, options } = await setUp(t);
  const denied = () => { throw new DOMException("denied", "SecurityError"); };
  const liff = browser.load(undefined, { localStorage: denied, sessionStorage: denied });
  await assert.rejects(liff.init({ ...options, withLoginOnExternalBrowser: true }), /the browser keeps no data/);
  assert.deepEqual(browser.left, []);
});

test("a page without WebCrypto is told to use https", async (t) => {
  const { browser, options } = await setUp(t);
  const liff = browser.load(undefined, { crypto: () => ({ getRandomValues: (a) => a }) });
  await liff.init(options);
  await assert.rejects(liff.login(), /secure context/);
});

test("a login that came back for another channel is refused", async (t) => {
  const { platform, browser, options } = await setUp(t);
  const first = browser.load();
  await first.init(options);
  await first.login();
  const back = platform.authorize(browser.left[0]).replace(`liffClientId=${channelId}`, "liffClientId=2000000002");
  await assert.rejects(browser.load(back).init(options), { code: "INIT_FAILED", message: /another channel/ });
  assert.equal(platform.requests.filter((r) => r.path === "/oauth2/v2.1/token").length, 0);
});

test("logins that never come back do not pile up", async (t) => {
  const { platform, browser, options } = await setUp(t);
  const first = browser.load();
  await first.init(options);
  for (let i = 0; i < 20; i++) {
    browser.clock += 1000;
    await first.login();
  }
  assert.equal(browser.localStorage.length, 16);
  await assert.rejects(browser.load(platform.authorize(browser.left[3])).init(options), { code: "INIT_FAILED" });
  const liff = browser.load(platform.authorize(browser.left[4]));
  await liff.init(options);
  assert.equal(liff.isLoggedIn(), true);
});
