// LINE's LIFF browser: LINE hands the tokens over, and takes them back when it is closed.

import { expect, test } from "./fixtures.js";

test.use({ tegata: { user: "somchai", inClient: true, chat: "utou" } });

test("the app is in LINE, with the user's tokens", async ({ liffPage, platform }) => {
  const { page } = liffPage;
  await liffPage.open();
  await expect(page.locator("#state")).toHaveText("ready");
  await expect(page.locator("#inside")).toHaveText("true");
  await expect(page.locator("#user")).toHaveText(platform.user("somchai").userId);
  const seen = await page.evaluate("({ os: liff.getOS(), version: liff.getLineVersion(), context: liff.getContext(), token: liff.getIDToken() })") as
    { os: string; version: string; context: { type: string }; token: string };
  expect(seen.os).toBe("android");
  expect(seen.version).toMatch(/^\d+\.\d+\.\d+$/);
  expect(seen.context.type).toBe("utou");
  expect(seen.token).toBe(await liffPage.idToken());
  await page.locator("#profile").click();
  await expect(page.locator("#name")).not.toHaveText("");
  expect(new URL(page.url()).hash).toBe(""); // no token stays in the address
});

test("the LIFF URL keeps path, query and fragment", async ({ liffPage }) => {
  await liffPage.open("/orders/7?sort=new#top");
  await expect(liffPage.page.locator("#place")).toHaveText("/orders/7?sort=new#top");
  await liffPage.open("/orders/8");
  await expect(liffPage.page.locator("#place")).toHaveText("/orders/8");
});

test("messages go into the chat", async ({ liffPage }) => {
  await liffPage.open();
  await expect(liffPage.page.locator("#state")).toHaveText("ready");
  await liffPage.page.locator("#send").click();
  await expect.poll(() => liffPage.messages()).toEqual([{ type: "text", text: "hello" }]);
});

test("closing revokes the access token", async ({ liffPage, closeLiff, platform, request }) => {
  await liffPage.open();
  await expect(liffPage.page.locator("#state")).toHaveText("ready");
  const token = await liffPage.accessToken();
  const verify = platform.url + "/oauth2/v2.1/verify?access_token=" + token;
  expect((await request.get(verify)).status()).toBe(200);
  await closeLiff();
  expect((await request.get(verify)).status()).toBe(400);
  expect(liffPage.page.isClosed()).toBe(true);
  expect(await liffPage.accessToken()).toBe(token);
  await expect(liffPage.open()).rejects.toThrow(/newLiffPage/);
});

test("liff.closeWindow() closes and revokes too", async ({ liffPage, platform, request }) => {
  await liffPage.open();
  await expect(liffPage.page.locator("#state")).toHaveText("ready");
  const token = await liffPage.accessToken();
  const closed = liffPage.page.waitForEvent("close");
  await liffPage.page.locator("#close").click();
  await closed;
  expect((await request.get(platform.url + "/oauth2/v2.1/verify?access_token=" + token)).status()).toBe(400);
});

test.describe("less than all scopes", () => {
  test.use({ tegata: { user: "taro", inClient: true, scopes: ["openid"] } });

  test("a scope that was not granted is refused", async ({ liffPage }) => {
    await liffPage.open();
    await expect(liffPage.page.locator("#state")).toHaveText("ready");
    await liffPage.page.locator("#profile").click();
    await expect(liffPage.page.locator("#name")).toHaveText("failed: 403");
  });
});

test.describe("a phone of the test's choice", () => {
  test.use({ userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Line/15.0.0 LIFF" });

  test("has LINE's mark already", async ({ liffPage }) => {
    await liffPage.open();
    await expect(liffPage.page.locator("#inside")).toHaveText("true");
    expect(await liffPage.page.evaluate("liff.getOS()")).toBe("ios");
  });
});

test.describe("a phone that is not in LINE", () => {
  test.use({ userAgent: "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0" });

  test("is told so", async ({ liffPage }) => {
    await expect(liffPage.open()).rejects.toThrow(/userAgent is not that of LINE's LIFF browser/);
  });
});
