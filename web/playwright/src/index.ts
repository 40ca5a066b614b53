// Fixtures of Playwright for LIFF apps. The app's code and LINE's SDK in it stay as they
// are: the browser finds the platform under LINE's host names.

import { test as base } from "@playwright/test";
import type { PlaywrightTestArgs, PlaywrightTestOptions, PlaywrightWorkerArgs, PlaywrightWorkerOptions, TestType } from "@playwright/test";

import { checkMapped, lineAgent, mapped } from "./browser.js";
import type { TegataFixtures, TegataWorkerOptions } from "./public.js";
import { openServer } from "./server.js";
import type { Server } from "./server.js";
import { World } from "./world.js";

export { expect } from "@playwright/test";

interface Inside {
  tegataWorld: World;
}

interface InsideWorker {
  tegataServer: Server;
}

const whole = base.extend<TegataFixtures & Inside, TegataWorkerOptions & InsideWorker>({
  tegataPlatform: [{}, { scope: "worker", option: true }],
  tegata: [{}, { option: true }],

  tegataServer: [async ({ tegataPlatform }, use) => {
    const server = await openServer(tegataPlatform);
    await use(server);
    await server.stop();
  }, { scope: "worker", box: true, timeout: 90_000 }],

  launchOptions: [async ({ launchOptions, browserName, tegataServer }, use) => {
    await use(mapped(launchOptions, tegataServer.env, browserName));
  }, { scope: "worker", box: true }],

  browser: [async ({ browser, tegataServer }, use) => {
    await checkMapped(browser, tegataServer.env);
    await use(browser);
  }, { scope: "worker", box: true, timeout: 90_000 }],

  userAgent: async ({ userAgent, tegata }, use) => {
    await use(tegata.inClient ? lineAgent(userAgent) : userAgent);
  },

  tegataWorld: [async ({ tegataServer }, use, info) => {
    const world = new World(tegataServer, info);
    await world.begin();
    await use(world);
    await world.end();
  }, { box: true }],

  context: async ({ context, tegata, tegataWorld }, use) => {
    await tegataWorld.prepare(context, tegata);
    await use(context);
  },

  platform: ({ tegataWorld }, use) => use(tegataWorld),
  clock: async ({ tegataWorld, context: _ }, use) => use(await tegataWorld.clocks.takeOver()),
  fault: ({ tegataWorld }, use) => use((rule) => tegataWorld.faults.add(rule)),
  mint: ({ tegataWorld, tegata }, use) => use((options = {}) => tegataWorld.mint(options, tegata)),
  liffPage: async ({ tegataWorld, context, page, tegata }, use) => use(await tegataWorld.page(context, tegata, page)),
  newLiffPage: ({ tegataWorld, browser, userAgent, tegata }, use) =>
    use((options = {}) => tegataWorld.newPage(browser, { ...tegata, ...options }, userAgent)),
  closeLiff: async ({ tegataWorld, liffPage }, use) => use((page = liffPage) => tegataWorld.opened(page).close()),
});

export const test: TestType<
  PlaywrightTestArgs & PlaywrightTestOptions & TegataFixtures,
  PlaywrightWorkerArgs & PlaywrightWorkerOptions & TegataWorkerOptions
> = whole;
