import { defineConfig } from "@playwright/test";

export default defineConfig({
  timeout: 240_000,
  expect: { timeout: 60_000 },
  reporter: "list",
  workers: 1,
  use: { launchOptions: { executablePath: process.env.CHROMIUM } },
});
