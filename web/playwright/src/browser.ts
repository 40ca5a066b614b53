// The browser: LINE's host names lead to the platform in it, and user agents.

import type { Browser, LaunchOptions } from "@playwright/test";

import { complaint } from "./control.js";
import type { Env } from "./public.js";

/** The names that lead to the platform: LINE's, and those from which the SDK loads extensions and texts. */
const names = ["*.line.me", "*.line-scdn.net"];

const rulesFlag = "--host-resolver-rules=";
const pinsFlag = "--ignore-certificate-errors-spki-list=";

/** Where the platform answers by TLS, for Chromium's map of hosts. */
export function tlsAddress(env: Env): string {
  const u = new URL(env.tlsUrl);
  return `${u.hostname === "localhost" ? "127.0.0.1" : u.hostname}:${u.port || "443"}`;
}

/** Adds to launch options what leads LINE's names to the platform. Its certificate is trusted by its pin, no other. */
export function mapped(options: LaunchOptions, env: Env, browserName: string): LaunchOptions {
  if (browserName !== "chromium") {
    throw complaint(`LINE's host names are led to the platform by flags that ${browserName} does not have. Use browserName: "chromium" for LIFF tests.`);
  }
  const address = tlsAddress(env);
  const rules = names.map((name) => `MAP ${name} ${address}`);
  const pins = [env.tlsSpki];
  const args: string[] = [];
  for (const arg of options.args ?? []) {
    if (arg.startsWith(rulesFlag)) rules.push(arg.slice(rulesFlag.length));
    else if (arg.startsWith(pinsFlag)) pins.push(arg.slice(pinsFlag.length));
    else args.push(arg);
  }
  args.push(rulesFlag + rules.join(", "), pinsFlag + pins.join(","));
  return { ...options, args, ...aroundProxies(options) };
}

/** Keeps LINE's names off a proxy, behind which the map of hosts would not be looked at. */
function aroundProxies({ proxy, env = process.env as Record<string, string> }: LaunchOptions): Partial<LaunchOptions> {
  const hosts = names.map((name) => name.slice(1)).join(",");
  if (proxy) return { proxy: { ...proxy, bypass: [proxy.bypass, hosts].filter(Boolean).join(",") } };
  if (!Object.keys(env).some((name) => /^(https?|all)_proxy$/i.test(name))) return {};
  const bypass = [env["no_proxy"] ?? env["NO_PROXY"], hosts, "localhost", "127.0.0.1"].filter(Boolean).join(",");
  return { env: { ...env, no_proxy: bypass, NO_PROXY: bypass } };
}

/** Makes sure that no token of a test travels to LINE: in this browser its names are the platform. */
export async function checkMapped(browser: Browser, env: Env): Promise<void> {
  const why = "Leave launchOptions to the configuration's `use`: in a test file they would replace the flags that lead LINE's names to the platform.";
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const answer = await page.goto("https://api.line.me/.well-known/openid-configuration").catch((error: unknown) => {
      throw complaint(`the browser does not reach the platform under LINE's names. ${why}`, error);
    });
    const at = await answer?.serverAddr();
    if (!at || String(at.port) !== tlsAddress(env).split(":").pop()) {
      throw complaint(`in this browser api.line.me is ${at ? `${at.ipAddress}:${at.port}` : "unknown"}, not the platform. ${why}`);
    }
  } finally {
    await context.close();
  }
}

/** What LINE's LIFF browser adds to the agent of a phone's browser. */
const mark = " Line/15.12.1 LIFF";

/** Says whether the agent is that of LINE's LIFF browser. */
export function isLineAgent(agent: string): boolean {
  return /Line\/\d+\.\d+\.\d+ LIFF/.test(agent);
}

/** The user agent of LINE's LIFF browser on a device; without one, on an Android phone. */
export function lineAgent(device: string | undefined): string {
  if (device && isLineAgent(device)) return device;
  return (device ?? "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/140.0.0.0 Mobile Safari/537.36") + mark;
}

/** The user agent of an ordinary browser beside a LIFF browser. */
export function plainAgent(browser: Browser, agent: string | undefined): string {
  if (agent && agent !== lineAgent(undefined)) return agent.replace(/ Line\/\S+( LIFF)?$/, "");
  return `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${browser.version().split(".")[0]}.0.0.0 Safari/537.36`;
}
