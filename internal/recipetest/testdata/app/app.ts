// The app of the browser's recipes beside their fixtures: a page with LINE's SDK, and the
// server of the recipes in JavaScript, on one port of each worker's own.

import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

import { build } from "esbuild";
import { test as base } from "tegata-playwright";

export { expect } from "tegata-playwright";

const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>app</title><link rel="icon" href="data:,">
<body data-liff-id="2000000001-app00001"><p id="greeting"></p><button id="profile">Profile</button><script src="/page.js"></script></body></html>`;

async function verify(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
  const { byIdToken, byAccessToken, Refused } = await import("./server.mjs"); // when the platform is known
  const token = (request.headers.authorization ?? "").replace(/^Bearer /, "");
  try {
    if (request.url === "/api/me") {
      const claims = await byIdToken(token);
      return { status: 200, body: { name: claims.name, id: claims.sub } };
    }
    const profile = await byAccessToken(token);
    return { status: 200, body: { name: profile.displayName, id: profile.userId } };
  } catch (error) {
    return { status: error instanceof Refused ? 401 : 503, body: {} };
  }
}

export const test = base.extend<{ server: void }, { app: { url: string } }>({
  app: [async ({}, use) => {
    const script = (await build({ entryPoints: ["page.js"], bundle: true, format: "iife", write: false })).outputFiles[0].text;
    const server = createServer(async (request, response) => {
      if (request.url?.startsWith("/api/")) {
        const { status, body } = await verify(request);
        response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
        return;
      }
      const isScript = request.url === "/page.js";
      response.setHeader("Content-Type", (isScript ? "text/javascript" : "text/html") + "; charset=utf-8").end(isScript ? script : page);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    await use({ url: `http://localhost:${(server.address() as AddressInfo).port}/` });
    server.closeAllConnections();
    server.close();
  }, { scope: "worker" }],

  tegataPlatform: [async ({ app }, use) => use({ apps: [app.url] }), { scope: "worker" }],

  server: [async ({ platform }, use) => {
    process.env.LINE_API_URL = platform.url;
    process.env.LINE_CHANNEL_ID = platform.env.channelId;
    await use();
  }, { auto: true }],
});
