// Finds a running platform, or starts one for this worker and stops it.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { lstat, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { complaint, Control } from "./control.js";
import type { Env, PlatformOptions } from "./public.js";

/** A platform that the tests of one worker talk to. */
export interface Server {
  control: Control;
  env: Env;
  /** It is this worker's alone: it may be reset, and its clock moved. */
  own: boolean;
  stop(): Promise<void>;
}

/** Milliseconds until a platform that was started must be ready, and until one that was stopped must have ended. */
const patience = 60_000;

/** How much of what the platform says is kept for errors, in characters. */
const logSize = 4_000;

export async function openServer(options: PlatformOptions): Promise<Server> {
  const url = options.url ?? process.env["TEGATA_URL"];
  if (!url) return start(options);
  if (options.apps?.length || options.args?.length || options.command) {
    throw complaint(`the platform at ${url} runs already, so apps, args and command have no effect. Give them to that \`tegata dev\`, or leave url and TEGATA_URL out.`);
  }
  const base = url.replace(/\/+$/, "");
  const token = options.token ?? process.env["TEGATA_ADMIN_TOKEN"] ?? (await leftToken(base));
  const control = new Control(base, token);
  return { control, env: await control.env(), own: false, stop: async () => undefined };
}

/** Reads the admin token that a `tegata dev` of this user has left on this machine. */
async function leftToken(base: string): Promise<string> {
  const runtime = process.env["XDG_RUNTIME_DIR"];
  const folder = runtime ? path.join(runtime, "tegata") : path.join(tmpdir(), `tegata-${process.getuid?.() ?? "0"}`);
  const missing = (cause?: unknown): Error =>
    complaint(`no admin token for the platform at ${base}. Give it by TEGATA_ADMIN_TOKEN: \`tegata dev\` takes it by the same name.`, cause);
  let host: string;
  try {
    host = new URL(base).host.replace(/^(127\.0\.0\.1|\[::1\])/, "localhost").replace(/[[\]]/g, "").replaceAll(":", "_");
  } catch (error) {
    throw complaint(`${JSON.stringify(base)} is no URL: give one such as http://localhost:4800`, error);
  }
  try {
    const info = await lstat(folder);
    // Somebody else may have made the folder first, to hand us a token of theirs.
    if (process.getuid && (info.uid !== process.getuid() || (!runtime && info.mode & 0o077))) throw missing();
    return (await readFile(path.join(folder, host + ".token"), "utf8")).trim();
  } catch (error) {
    throw missing(error);
  }
}

/** Starts a platform on free ports. */
async function start(options: PlatformOptions): Promise<Server> {
  const given = options.command ?? process.env["TEGATA_BIN"] ?? "tegata";
  const [program, ...first] = typeof given === "string" ? [given] : given;
  if (!program) throw complaint("command is empty: give the path of tegata, or leave it out");
  const args = [
    ...first, "dev", "--listen", "127.0.0.1:0", "--tls-listen", "127.0.0.1:0", "--demo-listen", "127.0.0.1:0", "--json",
    ...(options.apps ?? []).flatMap((app) => ["--app", app]), ...(options.args ?? []),
  ];
  const token = randomBytes(32).toString("hex");
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...settings(), TEGATA_ADMIN_TOKEN: token } });
  const killed = (): void => void child.kill("SIGKILL");
  process.once("exit", killed);
  try {
    const base = JSON.parse(await firstLine(child, program)) as { baseUrl: string };
    const control = new Control(base.baseUrl, token);
    return { control, env: await control.env(), own: true, stop: () => stop(child, killed) };
  } catch (error) {
    killed();
    throw error;
  }
}

/** The environment without settings of `tegata dev` that were meant for another one. */
function settings(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("TEGATA_")));
}

/** Waits for the line that a platform prints when it is ready. */
function firstLine(child: ChildProcess, program: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let out = "";
    let log = "";
    const timer = setTimeout(() => reject(complaint(`${program} dev was not ready within ${patience / 1000} s. It said:\n${log}`)), patience);
    const done = (settle: () => void): void => {
      clearTimeout(timer);
      settle();
    };
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (log = (log + text).slice(-logSize)));
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      const end = out.indexOf("\n");
      if (end >= 0) done(() => resolve(out.slice(0, end)));
    });
    child.on("error", (error: NodeJS.ErrnoException) => done(() => reject(error.code === "ENOENT"
      ? complaint(`there is no program ${JSON.stringify(program)}. Install it (go install github.com/tegata-id/tegata/cmd/tegata@latest), name its path by TEGATA_BIN, or a running platform by TEGATA_URL.`)
      : complaint(`${program} cannot be started: ${error.message}`))));
    child.on("close", (code) => done(() => reject(complaint(`${program} dev ended with exit code ${code} before it was ready. It said:\n${log}`))));
  });
}

/** Interrupts a platform as Ctrl-C does, and waits until it has ended. */
async function stop(child: ChildProcess, killed: () => void): Promise<void> {
  process.off("exit", killed);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGINT");
  const timer = setTimeout(killed, patience);
  await ended;
  clearTimeout(timer);
}
