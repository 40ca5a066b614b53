// Serves the LIFF app of app.js: every path is the same page.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

export interface Site {
  url: string;
  close(): Promise<void>;
}

const page = (liffId: string): string => `<!doctype html><html lang="en"><meta charset="utf-8"><title>app</title><link rel="icon" href="data:,">
<body data-liff-id="${liffId}"><p id="state">starting</p><p id="place"></p><p id="inside"></p><p id="user"></p><p id="name"></p>
<button id="login">log in</button><button id="close">close</button><button id="send">send</button><button id="profile">profile</button>
<script src="/app.js"></script></body></html>`;

export async function serveApp(liffId: string): Promise<Site> {
  const bundle = await build({ entryPoints: [fileURLToPath(new URL("app.js", import.meta.url))], bundle: true, format: "iife", write: false, logLevel: "warning" });
  const script = bundle.outputFiles[0]?.text ?? "";
  const server = createServer((request, response) => {
    const isScript = request.url === "/app.js";
    response.setHeader("Content-Type", (isScript ? "text/javascript" : "text/html") + "; charset=utf-8");
    response.end(isScript ? script : page(liffId));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}
