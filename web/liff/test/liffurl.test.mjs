// LIFF URLs: liff.state leads to the page it names and nowhere else, and
// permanent links lead back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Browser } from "./browser.mjs";
import { liffId, startPlatform } from "./platform.mjs";

/** The primary URL that the platform makes of a LIFF URL's extra part. */
function primary(endpointUrl, state) {
  return endpointUrl + (endpointUrl.includes("?") ? "&" : "?") + "liff.state=" + encodeURIComponent(state);
}

const pages = [
  // endpoint URL, extra part of the LIFF URL, page
  ["https://example.com/2020campaign/?key=value", "/path_A/?key1=value1#f", "https://example.com/2020campaign/path_A/?key=value&key1=value1#f"],
  ["https://example.com/2020campaign/?key=value", "path_A", "https://example.com/2020campaign/path_A?key=value"],
  ["https://app.example/start", "?a=1", "https://app.example/start?a=1"],
  ["https://app.example/start", "#frag", "https://app.example/start#frag"],
  ["https://app.example/start", "/", "https://app.example/start/"],
  ["https://app.example/start/", "/x", "https://app.example/start/x"],
  ["https://app.example/", "/x/y?b=2#c?d#e", "https://app.example/x/y?b=2#c?d#e"],
  ["https://app.example", "/x", "https://app.example/x"],
  ["https://app.example/start", "/?t=http%3A%2F%2Fa.example%2F", "https://app.example/start/?t=http%3A%2F%2Fa.example%2F"],
  ["https://app.example/start", "/%E8%8A%B1", "https://app.example/start/%E8%8A%B1"],
  // attempts to leave: they stay paths of the app
  ["https://app.example/start", "//evil.example/x", "https://app.example/start/evil.example/x"],
  ["https://app.example/", "//evil.example/x", "https://app.example/evil.example/x"],
  ["https://app.example/", "/\\evil.example", "https://app.example/evil.example"],
  ["https://app.example/", "/\t/evil.example", "https://app.example/evil.example"],
  ["https://app.example/", "@evil.example", "https://app.example/@evil.example"],
  ["https://app.example/", "https://evil.example/", "https://app.example/https:/evil.example/"],
  ["https://app.example/start", "javascript:alert(1)", "https://app.example/start/javascript:alert(1)"],
  // credentials of somebody else
  ["https://app.example/start", "/x#access_token=t&a=1&id_token=i", "https://app.example/start/x#a=1"],
];

for (const [endpointUrl, state, page] of pages) {
  test(`liff.state ${state} below ${endpointUrl}`, async (t) => {
    const platform = await startPlatform(t, { endpointUrl });
    const browser = new Browser(platform);
    const options = { liffId, baseUrl: platform.url };
    assert.equal(await browser.leaves(options, primary(endpointUrl, state)), page);
    const liff = browser.load(page);
    await liff.init(options);
    assert.equal(browser.left.length, 1, "the second init stays");
  });
}

test("liff.state that would lead outside is ignored", async (t) => {
  const platform = await startPlatform(t, { endpointUrl: "https://app.example/start/" });
  const options = { liffId, baseUrl: platform.url };
  for (const state of ["/../admin", "/%2e%2e/admin", "/x/../../admin", "/..\\..\\admin"]) {
    const browser = new Browser(platform);
    await browser.load(primary(platform.endpointUrl, state)).init(options);
    assert.deepEqual(browser.left, [], state);
    assert.match(browser.said.join(), /liff.state was ignored/, state);
  }
});

test("liff.state does not follow a context of another origin", async (t) => {
  const platform = await startPlatform(t, { spoil: { context: (c) => ({ ...c, endpointUrl: "https://evil.example/" }) } });
  const browser = new Browser(platform);
  await browser.load("https://app.example/start?liff.state=%2Fx").init({ liffId, baseUrl: platform.url });
  assert.deepEqual(browser.left, []);
});

test("liff.hback goes along; a login returns to the page, not the primary URL", async (t) => {
  const platform = await startPlatform(t);
  const browser = new Browser(platform);
  const options = { liffId, baseUrl: platform.url, withLoginOnExternalBrowser: true };
  const page = await browser.leaves(options, primary(platform.endpointUrl, "/x?a=1") + "&liff.hback=2");
  assert.equal(page, "https://app.example/start/x?a=1&liff.hback=2");
  const out = await browser.leaves(options, page);
  assert.equal(new URL(out).searchParams.get("redirect_uri"), "https://app.example/start/x?a=1");
});

test("a permanent link leads back to its page", async (t) => {
  for (const [endpointUrl, , page] of pages) {
    const platform = await startPlatform(t, { endpointUrl });
    const browser = new Browser(platform);
    const options = { liffId, baseUrl: platform.url };
    const liff = browser.load(endpointUrl);
    await liff.init(options);
    const link = await liff.permanentLink.createUrlBy(page);
    const root = `${platform.url}/${liffId}`;
    assert.ok(link.startsWith(root), link);
    const rest = link.slice(root.length);
    if (rest !== "") {
      assert.equal(await browser.leaves(options, primary(endpointUrl, rest)), page);
    } else {
      assert.equal(page, new URL(endpointUrl).href);
    }
  }
});

test("permanent links: their hosts, and what is kept out of them", async (t) => {
  const platform = await startPlatform(t);
  const link = async (options, url) => {
    const liff = new Browser(platform).load();
    await liff.init(options);
    return liff.permanentLink.createUrlBy(url);
  };
  const own = { liffId, baseUrl: platform.url };
  assert.equal(await link({ liffId }, "https://app.example/start/a?b=1#c"), `https://liff.line.me/${liffId}/a?b=1#c`);
  assert.equal(await link(own, "https://app.example/start"), `${platform.url}/${liffId}`);
  assert.equal(await link(own, "https://app.example/start?x=1&code=c&state=s&liffClientId=1&liffRedirectUri=u&liff.referrer=r#access_token=t&k=v"),
    `${platform.url}/${liffId}?x=1#k=v`);
  for (const url of ["https://app.example/", "https://app.example/startx", "http://app.example/start", "https://evil.example/start", "start", "", null]) {
    await assert.rejects(link(own, url), { code: "INVALID_ARGUMENT" }, String(url));
  }
  platform.spoil.context = (c) => ({ ...c, miniDomainAllowed: true, miniAppId: "my_app" });
  assert.equal(await link({ liffId }, "https://app.example/start/a"), "https://miniapp.line.me/my_app/a");
  assert.equal(await link(own, "https://app.example/start/a"), `${platform.url}/my_app/a`);
});

test("a page outside the endpoint URL is warned about", async (t) => {
  const platform = await startPlatform(t);
  const browser = new Browser(platform);
  await browser.load("https://app.example/startx").init({ liffId, baseUrl: platform.url });
  assert.match(browser.said.join(), /not at or below the endpoint URL/);
});
