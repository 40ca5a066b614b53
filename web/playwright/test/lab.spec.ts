// Time, faults and tokens on demand.

import { expect, test } from "./fixtures.js";

const hour = 3_600_000;
const pageNow = "Date.now()";

test.use({ tegata: { user: "taro", inClient: true } });

test("two hours later the ID token has expired, for the app and for LINE", async ({ liffPage, clock, platform, request }) => {
  const { page } = liffPage;
  await liffPage.open();
  await expect(page.locator("#state")).toHaveText("ready");
  const token = await liffPage.idToken();
  const verify = () => request.post(platform.url + "/oauth2/v2.1/verify", { form: { id_token: token, client_id: platform.env.channelId } });
  expect((await verify()).status()).toBe(200);

  await page.evaluate("window.rang = 0; setTimeout(() => window.rang++, 3600000)");
  const { now, frozen } = await clock.advance("2h");
  expect(frozen).toBe(false);
  expect(Math.abs(now.getTime() - Date.now() - 2 * hour)).toBeLessThan(60_000);
  expect(Math.abs(Number(await page.evaluate(pageNow)) - now.getTime())).toBeLessThan(60_000);
  expect(await page.evaluate("window.rang")).toBe(1);
  expect(await page.evaluate("liff.getDecodedIDToken().exp * 1000 < Date.now()")).toBe(true);
  const answer = await verify();
  expect([answer.status(), (await answer.json() as { error_description: string }).error_description]).toEqual([400, "IdToken expired."]);

  await page.reload(); // a later page is in the same time
  await expect(page.locator("#state")).not.toHaveText("starting");
  expect(Number(await page.evaluate(pageNow))).toBeGreaterThan(now.getTime() - 1);
});

test("a clock that stands, runs and jumps", async ({ liffPage, newLiffPage, clock }) => {
  const { page } = liffPage;
  await liffPage.open();
  await expect(page.locator("#state")).toHaveText("ready");
  const at = new Date(Date.now() + 24 * hour);
  expect(await clock.freeze(at)).toEqual({ now: at, frozen: true });
  expect(await page.evaluate(pageNow)).toBe(at.getTime());
  await page.evaluate("new Promise((done) => setTimeout(done, 30))"); // timers run on
  expect(await page.evaluate(pageNow)).toBe(at.getTime());

  const other = await newLiffPage({ user: "mei" }); // opened into a clock that stands
  await other.open();
  await expect(other.page.locator("#state")).toHaveText("ready");
  expect(await other.page.evaluate(pageNow)).toBe(at.getTime());

  await clock.advance(hour);
  expect(await page.evaluate(pageNow)).toBe(at.getTime() + hour);
  expect(await other.page.evaluate(pageNow)).toBe(at.getTime() + hour);
  expect((await clock.resume()).frozen).toBe(false);
  await expect.poll(() => page.evaluate(pageNow)).toBeGreaterThan(at.getTime() + hour);
  const to = new Date(Date.now() + 48 * hour);
  await clock.jump(to);
  expect(Math.abs(Number(await page.evaluate(pageNow)) - to.getTime())).toBeLessThan(60_000);
  await clock.reset();
  expect(Math.abs(Number(await page.evaluate(pageNow)) - Date.now())).toBeLessThan(60_000);
  expect((await clock.state()).frozen).toBe(false);
  await expect(clock.advance("soon")).rejects.toThrow(/duration "soon"/);
  await expect(clock.jump("soon")).rejects.toThrow(/no time/);
});

test("an app that was opened two hours ago", async ({ liffPage, clock }) => {
  await clock.advance("-2h");
  await liffPage.open();
  await expect(liffPage.page.locator("#state")).toHaveText("ready");
  const payload = JSON.parse(Buffer.from((await liffPage.idToken()).split(".")[1] ?? "", "base64url").toString()) as { exp: number };
  expect(payload.exp * 1000).toBeLessThan(Date.now()); // a server with a clock of its own refuses it
});

test("429 while it lasts", async ({ liffPage, fault, platform }) => {
  const { page } = liffPage;
  await liffPage.open();
  await expect(page.locator("#state")).toHaveText("ready");
  const limit = await fault({ effect: "rate-limit" });
  await page.locator("#profile").click();
  await expect(page.locator("#name")).toContainText("failed");
  await limit.end();
  await limit.end(); // once more does no harm
  await page.locator("#profile").click();
  await expect(page.locator("#name")).not.toContainText("failed");
  const touched = (await platform.requests("verify")).filter((r) => r.faults?.length);
  expect(touched.map((r) => r.status)).toContain(429);
});

test("the verify endpoint is out", async ({ liffPage, fault }) => {
  await fault({ effect: "verify-outage" });
  await liffPage.open();
  await expect(liffPage.page.locator("#state")).toContainText("failed");
});

test("one answer of one endpoint for one user", async ({ liffPage, newLiffPage, fault }) => {
  const mei = await newLiffPage({ user: "mei" });
  await Promise.all([liffPage.open(), mei.open()]);
  for (const one of [liffPage, mei]) await expect(one.page.locator("#state")).toHaveText("ready");
  await fault({ effect: "status", status: 500, endpoint: "profile", user: "mei", times: 1 });
  const names = async () => {
    for (const { page } of [liffPage, mei]) {
      await page.locator("#name").evaluate((element) => (element.textContent = ""));
      await page.locator("#profile").click();
      await expect(page.locator("#name")).not.toHaveText("");
    }
    return [await liffPage.page.locator("#name").textContent(), await mei.page.locator("#name").textContent()];
  };
  expect((await names()).map((name) => name === "failed: 500")).toEqual([false, true]);
  expect((await names()).map((name) => name === "failed: 500")).toEqual([false, false]);
});

test("troubles by name", async ({ liffPage, fault, request, platform }) => {
  await liffPage.open();
  await expect(liffPage.page.locator("#state")).toHaveText("ready");
  const token = await liffPage.accessToken();
  await fault({ effect: "closed-liff" });
  expect((await request.get(platform.url + "/oauth2/v2.1/verify?access_token=" + token)).status()).toBe(400);
  await expect(fault({ effect: "rate-limit", endpoint: "verify" })).rejects.toThrow(/takes no endpoint/);
  await expect(fault({ effect: "status", status: 200 })).rejects.toThrow(/tegata: POST lab\/v1\/faults/);
});

test("tokens on demand", async ({ mint, platform, request }) => {
  const check = async (token: string) =>
    (await request.post(platform.url + "/oauth2/v2.1/verify", { form: { id_token: token, client_id: platform.env.channelId } })).status();
  const good = await mint();
  expect([good.user, good.channelId, await check(good.token)]).toEqual(["taro", platform.env.channelId, 200]);
  expect(await check((await mint({ age: 2 * hour })).token)).toBe(400);
  expect(await check((await mint({ issuedAt: new Date(Date.now() - 2 * hour), life: "1h" })).token)).toBe(400);
  expect(await check((await mint({ wrong: "other-channel" })).token)).toBe(400);
  expect((await mint({ user: "mei", liffId: platform.env.liffId, kind: "access_token" })).userId).toBe(platform.user("mei").userId);
  const access = await mint({ kind: "access_token" });
  await platform.revoke(access.token);
  expect((await request.get(platform.url + "/oauth2/v2.1/verify?access_token=" + access.token)).status()).toBe(400);
});

test.describe("one after another", () => {
  test.describe.configure({ mode: "serial" });
  let token = "";

  test("a test that leaves everything behind", async ({ clock, fault, mint }) => {
    await clock.freeze("2031-01-01T00:00:00Z");
    await fault({ effect: "rate-limit" });
    token = (await mint({ kind: "access_token" })).token;
  });

  test("and the next one, which finds nothing of it", async ({ clock, platform, request, mint }) => {
    expect((await clock.state()).now.getUTCFullYear()).toBeLessThan(2031);
    expect(await platform.requests()).toEqual([]);
    expect((await request.get(platform.url + "/oauth2/v2.1/verify?access_token=" + token)).status()).toBe(400); // not 429
    const fresh = (await mint({ kind: "access_token" })).token;
    await platform.reset();
    expect((await request.get(platform.url + "/oauth2/v2.1/verify?access_token=" + fresh)).status()).toBe(400);
  });
});

// Four tests in two workers, each in a time of its own: with a platform for both they would
// be in each other's way.
for (const year of [2027, 2028, 2029, 2030]) {
  test(`workers do not share a clock: ${year}`, async ({ liffPage, clock, mint }) => {
    await clock.freeze(`${year}-06-01T00:00:00Z`);
    await liffPage.open();
    await expect(liffPage.page.locator("#state")).toHaveText("ready");
    for (let i = 0; i < 5; i++) {
      expect((await mint()).issuedAt).toBe(`${year}-06-01T00:00:00Z`);
      expect(await liffPage.page.evaluate("new Date().getUTCFullYear()")).toBe(year);
    }
  });
}
