// The package as its users have it, and an app of each worker's own.

import { expect, test as base } from "tegata-playwright";
import type { PlatformOptions } from "tegata-playwright";
import { serveApp } from "./app/server.js";
import type { Site } from "./app/server.js";

export { expect };

/** The LIFF ID of the first app that tegata dev is given. */
export const liffId = "2000000001-app00001";

export const test = base.extend<{}, { site: Site; tegataPlatform: PlatformOptions }>({
  site: [async ({}, use) => {
    const site = await serveApp(liffId);
    await use(site);
    await site.close();
  }, { scope: "worker" }],
  tegataPlatform: [async ({ site }, use) => use({ apps: [site.url] }), { scope: "worker" }],
});
