// An ordinary browser: the app logs in by LINE's pages.

import { expect, liffId, test } from "./fixtures.js";

test.describe("nobody", () => {
  test.use({ tegata: { user: null } });

  test("the SDK starts outside LINE", async ({ liffPage, platform }) => {
    await liffPage.open();
    await expect(liffPage.page.locator("#state")).toHaveText("ready");
    await expect(liffPage.page.locator("#inside")).toHaveText("false");
    await expect(liffPage.page.locator("#user")).toHaveText("nobody");
    expect(liffPage.user).toBeNull();
    expect(await platform.requests("context-token")).not.toHaveLength(0);
  });

  test("LINE's pages are the test's", async ({ liffPage, platform }) => {
    const { page } = liffPage;
    await liffPage.open();
    await page.locator("#login").click();
    await page.locator("#email").fill(platform.user("mei").email);
    await page.locator("#password").fill(platform.user("mei").password);
    await page.locator("button#login").click();
    await page.locator("#allow").click();
    await expect(page.locator("#user")).toHaveText(platform.user("mei").userId);
  });
});

test("the first persona logs in when the app asks", async ({ liffPage, platform }) => {
  const { page, user } = liffPage;
  await liffPage.open();
  await expect(page.locator("#user")).toHaveText("nobody");
  await page.locator("#login").click();
  await expect(page.locator("#user")).toHaveText(user?.userId ?? "");
  expect(user?.handle).toBe(platform.env.users[0]?.handle);
  await page.locator("#profile").click();
  await expect(page.locator("#name")).not.toHaveText("");
  await expect(page.locator("#name")).not.toContainText("failed");
});

test.describe("taro", () => {
  test.use({ tegata: { user: "taro", liffId } });

  test("logs in at once, and again as the same", async ({ liffPage }) => {
    const { page } = liffPage;
    await liffPage.open("?auto=1");
    await expect(page.locator("#user")).toHaveText(liffPage.user?.userId ?? "");
    await page.evaluate("liff.logout()");
    await liffPage.open("?auto=1");
    await expect(page.locator("#user")).toHaveText(liffPage.user?.userId ?? "");
  });

  test("the LIFF URL keeps path, query and fragment", async ({ liffPage }) => {
    await liffPage.open("/orders/7?sort=new&q=%E8%8C%B6#top");
    await expect(liffPage.page.locator("#place")).toHaveText("/orders/7?sort=new&q=%E8%8C%B6#top");
    await liffPage.open("#other");
    await expect(liffPage.page.locator("#place")).toHaveText("/#other");
  });

  test("a page without liffPage has the same person", async ({ page, site, platform }) => {
    await page.goto(site.url + "?auto=1");
    await expect(page.locator("#user")).toHaveText(platform.user("taro").userId);
  });
});

test("two users, each with a browser", async ({ liffPage, newLiffPage, platform }) => {
  const taro = await newLiffPage({ user: "taro" });
  const mei = await newLiffPage({ user: "mei", inClient: true });
  await Promise.all([liffPage.open("?auto=1"), taro.open("?auto=1"), mei.open()]);
  for (const [one, handle] of [[liffPage, platform.env.users[0]?.handle ?? ""], [taro, "taro"], [mei, "mei"]] as const) {
    await expect(one.page.locator("#user")).toHaveText(platform.user(handle).userId);
  }
  await expect(mei.page.locator("#inside")).toHaveText("true");
  await expect(taro.page.locator("#inside")).toHaveText("false");
  expect(await taro.accessToken()).not.toBe(await liffPage.accessToken());
});

test("mistakes are told with the way out", async ({ liffPage, newLiffPage, closeLiff, platform }) => {
  await expect(newLiffPage({ user: "nobody" })).rejects.toThrow(/no user "nobody".*hanako/s);
  await expect(newLiffPage({ liffId: "1234567890-none0000" })).rejects.toThrow(/no LIFF app.*app00001/s);
  await expect(liffPage.open("orders")).rejects.toThrow(/begins with "\/"/);
  await expect(closeLiff()).rejects.toThrow(/ordinary browser.*inClient: true/s);
  await expect(liffPage.messages()).rejects.toThrow(/inClient: true/);
  await expect((await newLiffPage({ user: null, inClient: true })).open()).rejects.toThrow(/nobody is in a LIFF browser/);
  expect(() => platform.user("nobody")).toThrow(/no user "nobody"/);
});
