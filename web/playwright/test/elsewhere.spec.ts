// What a whole run of Playwright does in other surroundings: a platform that runs already,
// a project of CommonJS, no program, flags that somebody replaced, a proxy in the way.

import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { expect, test } from "./fixtures.js";
import { chromium } from "./playwright.config.js";

const packageFolder = fileURLToPath(new URL("..", import.meta.url));

interface Run {
  code: number | null;
  out: string;
}

/** Runs a spec in a project of its own, which has this package and Playwright installed. */
async function run(spec: string, env: Record<string, string | undefined>, ...args: string[]): Promise<Run> {
  const folder = await mkdtemp(path.join(tmpdir(), "tegata-elsewhere-"));
  try {
    await mkdir(path.join(folder, "node_modules"));
    for (const name of ["@playwright", "playwright", "playwright-core"]) {
      await symlink(path.join(packageFolder, "node_modules", name), path.join(folder, "node_modules", name));
    }
    await symlink(packageFolder, path.join(folder, "node_modules", "tegata-playwright"));
    const use = JSON.stringify({ launchOptions: { executablePath: chromium } });
    await writeFile(path.join(folder, "playwright.config.ts"), `export default { timeout: 180000, reporter: "line", use: ${use} };\n`);
    await writeFile(path.join(folder, "some.spec.ts"), spec);
    const child = spawn(process.execPath, [path.join(packageFolder, "node_modules/@playwright/test/cli.js"), "test", ...args], {
      cwd: folder,
      // A worker tells its children that they are in a run of Playwright: this one is not.
      env: { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(PW|PLAYWRIGHT|TEST_)/.test(name))), FORCE_COLOR: "0", ...env },
    });
    let out = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (out += text));
    return { code: await new Promise((resolve) => child.on("close", resolve)), out };
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Running {
  url: string;
  token: string;
  runtime: string; // folder in which it has left its token
  stop(): Promise<void>;
}

/** Starts a platform as a person does. */
async function tegataDev(): Promise<Running> {
  const runtime = await mkdtemp(path.join(tmpdir(), "tegata-runtime-"));
  const child = spawn(process.env["TEGATA_BIN"] ?? "tegata", ["dev", "--listen", "127.0.0.1:0", "--demo-listen", "127.0.0.1:0", "--json"], {
    env: { ...process.env, XDG_RUNTIME_DIR: runtime }, stdio: ["ignore", "pipe", "ignore"],
  });
  const ended = new Promise((resolve) => child.on("close", resolve));
  let out = "";
  for await (const text of child.stdout.setEncoding("utf8")) if ((out += text).includes("\n")) break;
  const left = path.join(runtime, "tegata");
  const [name] = (await readdir(left)).filter((file) => file.endsWith(".token"));
  return {
    url: (JSON.parse(out) as { baseUrl: string }).baseUrl,
    token: (await readFile(path.join(left, name ?? ""), "utf8")).trim(),
    runtime,
    stop: async () => {
      child.kill("SIGINT");
      await ended;
      await rm(runtime, { recursive: true });
    },
  };
}

const shared = `
  import { expect, test } from "tegata-playwright";
  for (const n of [1, 2]) {
    test.describe.parallel("worker " + n, () => test("shares the platform", async ({ platform, clock, fault, newLiffPage }) => {
      expect(platform.url).toBe(process.env.TEGATA_URL);
      await fault({ effect: "status", status: 500, endpoint: "profile", user: "mei" });
      if (process.env.ALONE) {
        await fault({ effect: "rate-limit" });
        await clock.freeze("2031-01-01T00:00:00Z");
        return;
      }
      await expect(clock.advance("2h")).rejects.toThrow(/2 workers share the platform/);
      await expect(fault({ effect: "rate-limit" })).rejects.toThrow(/2 workers share the platform/);
      await expect(platform.reset()).rejects.toThrow(/2 workers share the platform/);
      const page = await newLiffPage({ inClient: true, liffId: platform.env.liffId });
      await page.page.goto("https://access.line.me/.well-known/openid-configuration");
    }));
  }`;

test("a platform that runs already", async ({ request }) => {
  const running = await tegataDev();
  try {
    const two = await run(shared, { TEGATA_URL: running.url, XDG_RUNTIME_DIR: running.runtime }, "--workers=2", "--fully-parallel");
    expect(two.out).toContain("2 passed");
    const there = { TEGATA_URL: running.url, TEGATA_ADMIN_TOKEN: running.token };
    const one = await run(shared, { ...there, ALONE: "1" }, "--workers=1");
    expect(one.out).toContain("2 passed");
    // Nothing is left of either.
    const lab = async (what: string) =>
      (await request.get(running.url + "/_tegata/lab/v1/" + what, { headers: { Authorization: "Bearer " + running.token } })).json() as Promise<Record<string, unknown>>;
    expect((await lab("faults"))["faults"] ?? []).toEqual([]);
    expect((await lab("clock"))["frozen"]).toBe(false);

    const wrong = await run(shared, { ...there, TEGATA_ADMIN_TOKEN: "another" }, "--workers=1");
    expect(wrong.code).not.toBe(0);
    expect(wrong.out).toContain("does not take the admin token");
    const none = await run(shared, { ...there, TEGATA_URL: "http://localhost:9" }, "--workers=1");
    expect(none.out).toContain("no platform answers at http://localhost:9");
  } finally {
    await running.stop();
  }
});

test("a project of CommonJS, a proxy in the way, and no platform of anybody's", async () => {
  const plain = `
    const { expect, test } = require("tegata-playwright");
    test("starts a platform", async ({ liffPage, platform }) => {
      await liffPage.page.goto("https://api.line.me/.well-known/openid-configuration");
      expect((await platform.requests("discovery")).length).toBeGreaterThan(0);
    });`;
  const proxied = await run(plain, { HTTPS_PROXY: "http://127.0.0.1:9", https_proxy: "http://127.0.0.1:9" });
  expect(proxied.out).toContain("1 passed");
  const missing = await run(plain, { TEGATA_BIN: "no-such-tegata" });
  expect(missing.code).not.toBe(0);
  expect(missing.out).toMatch(/there is no program "no-such-tegata".*TEGATA_BIN/s);
  const bad = await run(plain.replace("test(", 'test.use({ tegataPlatform: { args: ["--nonsense"] } });\n test('), {});
  expect(bad.out).toMatch(/ended with exit code 2 before it was ready.*nonsense/s);
});

test("flags that somebody replaced, and a browser that has none", async () => {
  const spec = `
    import { test } from "tegata-playwright";
    test("opens", async ({ page }) => { await page.goto("about:blank"); });`;
  const options = JSON.stringify({ executablePath: chromium, args: ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost"] });
  const replaced = await run(spec.replace("test(", `test.use({ launchOptions: ${options} });\n test(`), {});
  expect(replaced.code).not.toBe(0);
  expect(replaced.out).toMatch(/does not reach the platform under LINE's names.*configuration's `use`/s);
  const firefox = await run(spec.replace("test(", 'test.use({ browserName: "firefox" });\n test('), {});
  expect(firefox.out).toMatch(/flags that firefox does not have/);
});

test("an app whose server is not running", async () => {
  const closed = await run(`
    import { expect, test } from "tegata-playwright";
    test.use({ tegataPlatform: { apps: ["http://localhost:65531"] } });
    test("is told so", async ({ liffPage, newLiffPage }) => {
      await expect(liffPage.open()).rejects.toThrow(/LIFF app at http:\\/\\/localhost:65531.* does not answer.*server running/s);
      await expect((await newLiffPage({ inClient: true })).open()).rejects.toThrow(/does not answer.*server running/s);
    });`, {});
  expect(closed.out).toContain("1 passed");
});
