import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import path from "node:path";

import { defineConfig } from "@playwright/test";

/** Debian's Chromium, or another one of this machine. */
export const chromium = process.env["CHROMIUM"] ??
  execFileSync("sh", ["-c", "command -v chromium || command -v chromium-browser || command -v google-chrome"], { encoding: "utf8" }).trim();

export default defineConfig({
  testDir: ".",
  outputDir: path.join(tmpdir(), "tegata-playwright-" + process.pid),
  fullyParallel: true,
  workers: 2,
  timeout: 240_000,
  expect: { timeout: 60_000 },
  forbidOnly: true,
  reporter: "dot",
  preserveOutput: "never",
  use: { launchOptions: { executablePath: chromium }, locale: "en-US" },
});
