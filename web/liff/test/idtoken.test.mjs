// ID tokens that must be refused, each with one thing wrong, and keys that must do.

import assert from "node:assert/strict";
import { createHmac, createPublicKey, createSign, createVerify, generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { Browser } from "./browser.mjs";
import { channelId, liffId, newKey, sign, startPlatform } from "./platform.mjs";

const b64 = (data) => Buffer.from(data).toString("base64url");
const text = (header, claims) => b64(JSON.stringify(header)) + "." + b64(JSON.stringify(claims));
const claim = (change) => (claims, header, key) => sign(key, header, { ...claims, ...change });
const without = (name) => (claims, header, key) => {
  const { [name]: _, ...rest } = claims;
  return sign(key, header, rest);
};
const head = (change) => (claims, header, key) => sign(key, { ...header, ...change }, claims);
const seconds = (ahead) => Math.floor(Date.now() / 1000) + ahead;
const hmac = (secret) => (claims, header) => {
  const signed = text({ ...header, alg: "HS256" }, claims);
  return signed + "." + createHmac("sha256", secret).update(signed).digest("base64url");
};
const edit = (change) => async (claims, header, key) => change(await sign(key, header, claims));

const bad = {
  "no signature": [edit((raw) => raw.replace(/[^.]*$/, "")), /signature/],
  "alg none": [(c, h) => text({ ...h, alg: "none" }, c) + ".", /alg/],
  "alg none, upper case": [(c, h) => text({ ...h, alg: "NONE" }, c) + ".AA", /alg/],
  "alg es256": [head({ alg: "es256" }), /alg/],
  "alg ES384": [head({ alg: "ES384" }), /alg/],
  "alg missing": [head({ alg: undefined }), /alg/],
  "HS256 with the channel ID": [hmac(channelId), /alg/],
  "HS256 with the public key": [(c, h, key) => hmac(JSON.stringify(key.jwk))(c, h), /alg/],
  "other key, same kid": [async (c, h) => sign(await newKey("x"), h, c), /signature is wrong/],
  "kid unknown": [head({ kid: "b".repeat(64) }), /not among/],
  "kid missing": [head({ kid: undefined }), /names no key/],
  "kid a list": [head({ kid: ["a".repeat(64)] }), /names no key/],
  "jwk in the header": [async (c, h) => { const k = await newKey("x"); return sign(k, { ...h, kid: undefined, jwk: k.jwk }, c); }, /names no key/],
  "crit": [head({ crit: ["exp"] }), /extensions/],
  "b64": [head({ b64: false }), /extensions/],
  "typ of another token": [head({ typ: "at+jwt" }), /typ/],
  "alg repeated": [(c, h, key) => sign(key, `{"alg":"none","kid":"${h.kid}","alg":"ES256"}`, c), /header cannot/],
  "alg repeated by an escape": [(c, h, key) => sign(key, `{"\\u0061lg":"none","kid":"${h.kid}","alg" :"ES256"}`, c), /header cannot/],
  "sub repeated": [(c, h, key) => sign(key, h, JSON.stringify(c).replace("{", '{"sub":"Uother",')), /claims cannot/],
  "claims not an object": [(c, h, key) => sign(key, h, "[]"), /claims cannot/],
  "claims not JSON": [(c, h, key) => sign(key, h, JSON.stringify(c) + " x"), /claims cannot/],
  "four parts": [edit((raw) => raw + ".AAAA"), /three parts/],
  "two parts": [edit((raw) => raw.split(".").slice(0, 2).join(".")), /three parts/],
  "too long": [claim({ pad: "x".repeat(16 << 10) }), /three parts/],
  "padding": [edit((raw) => raw + "=="), /signature cannot/],
  "loose bits": [edit((raw) => raw.slice(0, -1) + ({ A: "B", Q: "R", g: "h", w: "x" })[raw.at(-1)]), /signature cannot/],
  "white space": [edit((raw) => raw + "\n"), /signature cannot/],
  "standard base64": [edit((raw) => raw.replace(/[^.]*$/, "+".repeat(86))), /signature cannot/],
  "signature cut": [edit((raw) => raw.slice(0, -2)), /64 bytes/],
  "signature zero": [edit((raw) => raw.replace(/[^.]*$/, "A".repeat(86))), /signature is wrong/],
  "claims changed": [async (c, h, key) => {
    const [a, , s] = (await sign(key, h, c)).split(".");
    return [a, b64(JSON.stringify({ ...c, sub: "U" + "2".repeat(32) })), s].join(".");
  }, /signature is wrong/],
  "issuer foreign": [claim({ iss: "https://evil.example" }), /issuer/],
  "issuer with a slash": [claim({ iss: "https://access.line.me/" }), /issuer/],
  "issuer missing": [without("iss"), /issuer/],
  "audience foreign": [claim({ aud: "2000000002" }), /another channel/],
  "audience a list": [claim({ aud: [channelId] }), /another channel/],
  "audience a number": [claim({ aud: Number(channelId) }), /another channel/],
  "audience missing": [without("aud"), /another channel/],
  "expired": [claim({ iat: seconds(-3601), exp: seconds(-1) }), /expired/],
  "exp missing": [without("exp"), /exp or iat/],
  "exp a text": [claim({ exp: String(seconds(3600)) }), /exp or iat/],
  "iat missing": [without("iat"), /exp or iat/],
  "issued in the future": [claim({ iat: seconds(330), exp: seconds(3600) }), /future/],
  "iat after exp": [claim({ iat: seconds(200), exp: seconds(100) }), /expires before/],
  "nonce of another login": [claim({ nonce: "other" }), /nonce/],
  "nonce missing": [without("nonce"), /nonce/],
  "sub missing": [without("sub"), /no user/],
  "sub empty": [claim({ sub: "" }), /no user/],
  "sub of another user than the access token's": [claim({ sub: "U" + "2".repeat(32) }), /different users/],
};

for (const [name, [idToken, says]] of Object.entries(bad)) {
  test(`refused: ${name}`, async (t) => {
    const platform = await startPlatform(t, { spoil: { idToken } });
    const browser = new Browser(platform);
    const options = { liffId, baseUrl: platform.url };
    const refusal = (e) => e.code === "INVALID_ID_TOKEN" && says.test(e.message) && !/eyJ/.test(e.message);
    await assert.rejects(browser.logIn(options), refusal);
    assert.doesNotMatch(browser.stored(), /eyJ|accessToken|verifier/, "something was stored");
    const reloaded = browser.load();
    await reloaded.init(options);
    assert.equal(reloaded.isLoggedIn(), false);
    assert.equal(reloaded.getIDToken(), null);
  });
}

const badKeys = {
  "no key": [() => ({ keys: [] }), /not among/],
  "not a set": [() => ({ error: "x" }), /not a JWK Set/],
  "kid twice": [(jwk) => ({ keys: [jwk, jwk] }), /share its key ID/],
  "off the curve": [(jwk) => ({ keys: [{ ...jwk, y: jwk.x }] }), /not a P-256 key/],
  "another curve": [(jwk) => ({ keys: [{ ...jwk, crv: "P-384" }] }), /not a public ES256/],
  "for encryption": [(jwk) => ({ keys: [{ ...jwk, use: "enc" }] }), /not a public ES256/],
  "for another algorithm": [(jwk) => ({ keys: [{ ...jwk, alg: "ECDH-ES" }] }), /not a public ES256/],
  "private": [(jwk) => ({ keys: [{ ...jwk, d: jwk.x }] }), /not a public ES256/],
  "coordinate too long": [(jwk) => ({ keys: [{ ...jwk, x: b64(Buffer.concat([Buffer.alloc(2), Buffer.from(jwk.x, "base64url")])) }] }), /wrong size/],
  "coordinate missing": [(jwk) => ({ keys: [{ ...jwk, x: undefined }] }), /wrong size|cannot be read/],
};

for (const [name, [certs, says]] of Object.entries(badKeys)) {
  test(`refused certs: ${name}`, async (t) => {
    const platform = await startPlatform(t);
    platform.certs = certs(platform.key.jwk);
    const options = { liffId, baseUrl: platform.url };
    await assert.rejects(new Browser(platform).logIn(options), (e) => e.code === "INVALID_ID_TOKEN" && says.test(e.message));
  });
}

test("keys beside others, and with a zero lost or added in front, do", async (t) => {
  // x with a leading zero byte: one key in 256.
  let pair;
  do {
    pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  } while (Buffer.from(pair.publicKey.export({ format: "jwk" }).x, "base64url")[0] !== 0);
  const jwk = { ...pair.publicKey.export({ format: "jwk" }), kid: "k" };
  const x = Buffer.from(jwk.x, "base64url");
  const idToken = (claims, header) => {
    const signed = text({ ...header, kid: "k" }, claims);
    return signed + "." + createSign("sha256").update(signed).sign({ key: pair.privateKey, dsaEncoding: "ieee-p1363" }, "base64url");
  };
  const others = [null, 7, { kty: "RSA", kid: "r", n: "AQ", e: "AQAB" }, (await newKey("z")).jwk];
  for (const bytes of [x, x.subarray(1), Buffer.concat([Buffer.alloc(1), x])]) {
    const platform = await startPlatform(t, { spoil: { idToken }, certs: { keys: [...others, { ...jwk, x: b64(bytes) }] } });
    const liff = await new Browser(platform).logIn({ liffId, baseUrl: platform.url });
    assert.equal(liff.getDecodedIDToken().sub, platform.userId, `${bytes.length} bytes`);
    // Node's own verifier agrees about the token that was accepted.
    const [a, b, s] = liff.getIDToken().split(".");
    const key = { key: createPublicKey(pair.publicKey.export({ format: "pem", type: "spki" })), dsaEncoding: "ieee-p1363" };
    assert.ok(createVerify("sha256").update(`${a}.${b}`).verify(key, Buffer.from(s, "base64url")));
  }
});

test("a token issued a little ahead of this clock is accepted", async (t) => {
  const platform = await startPlatform(t, { spoil: { idToken: claim({ iat: seconds(240) }) } });
  const liff = await new Browser(platform).logIn({ liffId, baseUrl: platform.url });
  assert.equal(liff.isLoggedIn(), true);
});

test("an expired ID token is never returned, while the access token lives on", async (t) => {
  const platform = await startPlatform(t);
  const browser = new Browser(platform);
  const options = { liffId, baseUrl: platform.url };
  const liff = await browser.logIn(options);
  const exp = liff.getDecodedIDToken().exp * 1000;
  browser.clock = exp - Date.now() - 5_000;
  assert.notEqual(liff.getIDToken(), null);
  browser.clock = exp - Date.now();
  assert.equal(liff.getIDToken(), null);
  assert.equal(liff.getDecodedIDToken(), null);
  assert.equal(liff.isLoggedIn(), true);
  const reloaded = browser.load();
  await reloaded.init(options);
  assert.equal(reloaded.getIDToken(), null);
  browser.clock = 12 * 3600_000;
  assert.equal(reloaded.isLoggedIn(), false);
  assert.equal(reloaded.getAccessToken(), null);
  assert.doesNotMatch(browser.stored(), /accessToken/, "a lapsed session is removed");
});

test("the issuer: option, discovery, LINE", async (t) => {
  const own = await startPlatform(t, { issuer: "https://login.example.com" });
  const read = await new Browser(own).logIn({ liffId, baseUrl: own.url });
  assert.equal(read.getDecodedIDToken().iss, "https://login.example.com");
  const before = own.requests.length;
  const set = await new Browser(own).logIn({ liffId, baseUrl: own.url, issuer: "https://login.example.com" });
  assert.equal(set.isLoggedIn(), true);
  assert.ok(!own.requests.slice(before).some((r) => r.path.startsWith("/.well-known")));
  await assert.rejects(new Browser(own).logIn({ liffId, baseUrl: own.url, issuer: "https://login.example.com/" }), { code: "INVALID_ID_TOKEN" });
  await assert.rejects(new Browser(own).logIn({ liffId }), { code: "INVALID_ID_TOKEN" });
  own.spoil["GET /.well-known/openid-configuration"] = () => [200, { issuer: 7 }];
  await assert.rejects(new Browser(own).logIn({ liffId, baseUrl: own.url }), { code: "INIT_FAILED", message: /option issuer/ });
});

test("token answers that are not answers store nothing", async (t) => {
  const spoils = {
    "no access token": (a) => ({ ...a, access_token: "" }),
    "no life": (a) => ({ ...a, expires_in: 0 }),
    "life a text": (a) => ({ ...a, expires_in: "43200" }),
    "not a bearer token": (a) => ({ ...a, token_type: "mac" }),
    "ID token lost": ({ id_token: _, ...a }) => a,
    "ID token a number": (a) => ({ ...a, id_token: 1 }),
  };
  for (const [name, token] of Object.entries(spoils)) {
    const platform = await startPlatform(t, { spoil: { token } });
    const browser = new Browser(platform);
    await assert.rejects(browser.logIn({ liffId, baseUrl: platform.url }), { name: "LiffError" }, name);
    assert.doesNotMatch(browser.stored(), /accessToken/, name);
  }
});

test("without the scope openid there is a login and no ID token", async (t) => {
  const platform = await startPlatform(t, { scope: ["profile"] });
  const liff = await new Browser(platform).logIn({ liffId, baseUrl: platform.url });
  assert.equal(liff.isLoggedIn(), true);
  assert.equal(liff.getIDToken(), null);
  assert.ok(!platform.requests.some((r) => r.path === "/oauth2/v2.1/certs"));
});
