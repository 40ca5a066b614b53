// Playwright fixtures of tegata, Apache-2.0. Built from web/playwright/src by tools/cmd/webbuild: do not edit.

// web/playwright/src/index.ts
import { test as base } from "@playwright/test";

// web/playwright/src/control.ts
var patience = 15e3;
function complaint(text, cause) {
  return new Error("tegata: " + text, cause === void 0 ? void 0 : { cause });
}
function duration(d) {
  if (typeof d === "number") {
    if (!Number.isFinite(d)) throw complaint(`${d} is no length of time: give milliseconds, or a text such as "2h"`);
    return `${Math.round(d)}ms`;
  }
  return d;
}
function instant(at) {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) throw complaint(`${JSON.stringify(at)} is no time: give a Date, or a text such as "2027-01-01T00:00:00Z"`);
  return date.toISOString();
}
var Control = class {
  constructor(url, token) {
    this.url = url;
    this.token = token;
  }
  url;
  token;
  env() {
    return this.ask("GET", "admin/v1/env");
  }
  clock(change) {
    return change ? this.ask("POST", "lab/v1/clock", change) : this.ask("GET", "lab/v1/clock");
  }
  mint(options) {
    return this.ask("POST", "lab/v1/tokens", options);
  }
  revoke(token) {
    return this.ask("POST", "lab/v1/revoke", { token });
  }
  addFault(rule) {
    return this.ask("POST", "lab/v1/faults", rule);
  }
  trigger(name, whom) {
    return this.ask("POST", "lab/v1/troubles/" + encodeURIComponent(name), whom);
  }
  /** Ends a fault; one that is gone already, by a reset, is no mistake. */
  async removeFault(id) {
    const answer = await this.send("DELETE", "lab/v1/faults/" + encodeURIComponent(id));
    if (answer.status !== 404) await this.read(answer, "DELETE", "lab/v1/faults/" + id);
  }
  reset() {
    return this.ask("POST", "lab/v1/reset");
  }
  async requests(after, endpoint) {
    const query = new URLSearchParams({ after: String(after), ...endpoint ? { endpoint } : {} });
    return (await this.ask("GET", "lab/v1/requests?" + query.toString())).requests ?? [];
  }
  launch(request) {
    return this.ask("POST", "lab/v1/liff/launches", request);
  }
  async messages(launch) {
    return (await this.ask("GET", "lab/v1/liff/launches/" + encodeURIComponent(launch))).messages ?? [];
  }
  closeLaunch(launch) {
    return this.ask("POST", `lab/v1/liff/launches/${encodeURIComponent(launch)}/close`, {});
  }
  async ask(method, path2, body2) {
    return await this.read(await this.send(method, path2, body2), method, path2);
  }
  async send(method, path2, body2) {
    try {
      return await fetch(`${this.url}/_tegata/${path2}`, {
        method,
        headers: { Authorization: "Bearer " + this.token, ...body2 === void 0 ? {} : { "Content-Type": "application/json" } },
        ...body2 === void 0 ? {} : { body: JSON.stringify(body2) },
        redirect: "error",
        // the token goes to this URL only
        signal: AbortSignal.timeout(patience)
      });
    } catch (error) {
      throw complaint(`no platform answers at ${this.url}. Start one with \`tegata dev\`, or leave TEGATA_URL out and each worker starts its own.`, error);
    }
  }
  async read(answer, method, path2) {
    const text = await answer.text();
    let body2;
    try {
      body2 = text === "" ? {} : JSON.parse(text);
    } catch {
      throw complaint(`${this.url} answered ${method} ${path2.split("?")[0]} with status ${answer.status} and no JSON. Is a tegata running there?`);
    }
    if (answer.ok) return body2;
    const told = body2;
    if (answer.status === 401) {
      throw complaint(`the platform at ${this.url} does not take the admin token. Give its own by TEGATA_ADMIN_TOKEN; one of \`tegata dev\` lives as long as that process.`);
    }
    throw complaint(`${method} ${path2.split("?")[0]}: ${told.message ?? `status ${answer.status}`}. ${told.fix ?? ""}`.trim());
  }
};

// web/playwright/src/browser.ts
var names = ["*.line.me", "*.line-scdn.net"];
var rulesFlag = "--host-resolver-rules=";
var pinsFlag = "--ignore-certificate-errors-spki-list=";
function tlsAddress(env) {
  const u = new URL(env.tlsUrl);
  return `${u.hostname === "localhost" ? "127.0.0.1" : u.hostname}:${u.port || "443"}`;
}
function mapped(options, env, browserName) {
  if (browserName !== "chromium") {
    throw complaint(`LINE's host names are led to the platform by flags that ${browserName} does not have. Use browserName: "chromium" for LIFF tests.`);
  }
  const address = tlsAddress(env);
  const rules2 = names.map((name) => `MAP ${name} ${address}`);
  const pins = [env.tlsSpki];
  const args = [];
  for (const arg of options.args ?? []) {
    if (arg.startsWith(rulesFlag)) rules2.push(arg.slice(rulesFlag.length));
    else if (arg.startsWith(pinsFlag)) pins.push(arg.slice(pinsFlag.length));
    else args.push(arg);
  }
  args.push(rulesFlag + rules2.join(", "), pinsFlag + pins.join(","));
  return { ...options, args, ...aroundProxies(options) };
}
function aroundProxies({ proxy, env = process.env }) {
  const hosts = names.map((name) => name.slice(1)).join(",");
  if (proxy) return { proxy: { ...proxy, bypass: [proxy.bypass, hosts].filter(Boolean).join(",") } };
  if (!Object.keys(env).some((name) => /^(https?|all)_proxy$/i.test(name))) return {};
  const bypass = [env["no_proxy"] ?? env["NO_PROXY"], hosts, "localhost", "127.0.0.1"].filter(Boolean).join(",");
  return { env: { ...env, no_proxy: bypass, NO_PROXY: bypass } };
}
async function checkMapped(browser, env) {
  const why = "Leave launchOptions to the configuration's `use`: in a test file they would replace the flags that lead LINE's names to the platform.";
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const answer = await page.goto("https://api.line.me/.well-known/openid-configuration").catch((error) => {
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
var mark = " Line/15.12.1 LIFF";
function isLineAgent(agent) {
  return /Line\/\d+\.\d+\.\d+ LIFF/.test(agent);
}
function lineAgent(device) {
  if (device && isLineAgent(device)) return device;
  return (device ?? "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/140.0.0.0 Mobile Safari/537.36") + mark;
}
function plainAgent(browser, agent) {
  if (agent && agent !== lineAgent(void 0)) return agent.replace(/ Line\/\S+( LIFF)?$/, "");
  return `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${browser.version().split(".")[0]}.0.0.0 Safari/537.36`;
}

// web/playwright/src/server.ts
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { lstat, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
var patience2 = 6e4;
var logSize = 4e3;
async function openServer(options) {
  const url = options.url ?? process.env["TEGATA_URL"];
  if (!url) return start(options);
  if (options.apps?.length || options.args?.length || options.command) {
    throw complaint(`the platform at ${url} runs already, so apps, args and command have no effect. Give them to that \`tegata dev\`, or leave url and TEGATA_URL out.`);
  }
  const base2 = url.replace(/\/+$/, "");
  const token = options.token ?? process.env["TEGATA_ADMIN_TOKEN"] ?? await leftToken(base2);
  const control = new Control(base2, token);
  return { control, env: await control.env(), own: false, stop: async () => void 0 };
}
async function leftToken(base2) {
  const runtime = process.env["XDG_RUNTIME_DIR"];
  const folder = runtime ? path.join(runtime, "tegata") : path.join(tmpdir(), `tegata-${process.getuid?.() ?? "0"}`);
  const missing = (cause) => complaint(`no admin token for the platform at ${base2}. Give it by TEGATA_ADMIN_TOKEN: \`tegata dev\` takes it by the same name.`, cause);
  let host;
  try {
    host = new URL(base2).host.replace(/^(127\.0\.0\.1|\[::1\])/, "localhost").replace(/[[\]]/g, "").replaceAll(":", "_");
  } catch (error) {
    throw complaint(`${JSON.stringify(base2)} is no URL: give one such as http://localhost:4800`, error);
  }
  try {
    const info = await lstat(folder);
    if (process.getuid && (info.uid !== process.getuid() || !runtime && info.mode & 63)) throw missing();
    return (await readFile(path.join(folder, host + ".token"), "utf8")).trim();
  } catch (error) {
    throw missing(error);
  }
}
async function start(options) {
  const given = options.command ?? process.env["TEGATA_BIN"] ?? "tegata";
  const [program, ...first] = typeof given === "string" ? [given] : given;
  if (!program) throw complaint("command is empty: give the path of tegata, or leave it out");
  const args = [
    ...first,
    "dev",
    "--listen",
    "127.0.0.1:0",
    "--tls-listen",
    "127.0.0.1:0",
    "--demo-listen",
    "127.0.0.1:0",
    "--json",
    ...(options.apps ?? []).flatMap((app) => ["--app", app]),
    ...options.args ?? []
  ];
  const token = randomBytes(32).toString("hex");
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...settings(), TEGATA_ADMIN_TOKEN: token } });
  const killed = () => void child.kill("SIGKILL");
  process.once("exit", killed);
  try {
    const base2 = JSON.parse(await firstLine(child, program));
    const control = new Control(base2.baseUrl, token);
    return { control, env: await control.env(), own: true, stop: () => stop(child, killed) };
  } catch (error) {
    killed();
    throw error;
  }
}
function settings() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("TEGATA_")));
}
function firstLine(child, program) {
  return new Promise((resolve, reject) => {
    let out = "";
    let log = "";
    const timer = setTimeout(() => reject(complaint(`${program} dev was not ready within ${patience2 / 1e3} s. It said:
${log}`)), patience2);
    const done = (settle) => {
      clearTimeout(timer);
      settle();
    };
    child.stderr?.setEncoding("utf8").on("data", (text) => log = (log + text).slice(-logSize));
    child.stdout?.setEncoding("utf8").on("data", (text) => {
      out += text;
      const end = out.indexOf("\n");
      if (end >= 0) done(() => resolve(out.slice(0, end)));
    });
    child.on("error", (error) => done(() => reject(error.code === "ENOENT" ? complaint(`there is no program ${JSON.stringify(program)}. Install it (go install github.com/tegata-id/tegata/cmd/tegata@latest), name its path by TEGATA_BIN, or a running platform by TEGATA_URL.`) : complaint(`${program} cannot be started: ${error.message}`))));
    child.on("close", (code) => done(() => reject(complaint(`${program} dev ended with exit code ${code} before it was ready. It said:
${log}`))));
  });
}
async function stop(child, killed) {
  process.off("exit", killed);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGINT");
  const timer = setTimeout(killed, patience2);
  await ended;
  clearTimeout(timer);
}

// web/playwright/src/clock.ts
var tolerance = 2e3;
var Clocks = class {
  /** mayMove throws if the platform is not this worker's alone. */
  constructor(control, mayMove) {
    this.control = control;
    this.mayMove = mayMove;
  }
  control;
  mayMove;
  contexts = [];
  installed = /* @__PURE__ */ new Set();
  wanted = false;
  /** Whether the test has moved the platform's clock. */
  touched = false;
  /** Lets the pages of a context follow. Those of a test without the fixture `clock` do so only if the platform's clock is off. */
  async follow(context) {
    this.contexts.push(context);
    const clock = await this.control.clock();
    if (this.wanted || clock.frozen || Math.abs(Date.parse(clock.now) - Date.now()) > tolerance) await this.tell(context, clock, 0);
  }
  /** Takes over the clocks of all pages, before they set a timer: one that was set earlier would not follow. */
  async takeOver() {
    this.wanted = true;
    await this.sync();
    return this;
  }
  async advance(by) {
    return this.change({ do: "advance", by: duration(by) });
  }
  async jump(to) {
    return this.change({ do: "jump", at: instant(to) });
  }
  async freeze(at) {
    return this.change({ do: "freeze", ...at === void 0 ? {} : { at: instant(at) } });
  }
  async resume() {
    return this.change({ do: "resume" });
  }
  async reset() {
    return this.change({ do: "reset" });
  }
  async state() {
    return shown(await this.control.clock());
  }
  /** Tells the pages again how the platform's clock stands. */
  async sync() {
    const clock = await this.control.clock();
    await Promise.all((this.wanted ? this.contexts : [...this.installed]).map((context) => this.tell(context, clock, 0)));
  }
  async change(change) {
    this.mayMove(`clock.${change.do}`);
    this.touched = true;
    const before = await this.control.clock();
    const after = await this.control.clock(change);
    const ahead = change.do === "advance" ? Date.parse(after.now) - Date.parse(before.now) : 0;
    await Promise.all(this.contexts.map((context) => this.tell(context, after, ahead)));
    return shown(after);
  }
  /** Sets the clock of a context's pages, and lets timers fire that are due on the way. */
  async tell(context, to, ahead) {
    const { clock } = context;
    const now = Date.parse(to.now);
    if (!this.installed.has(context)) {
      this.installed.add(context);
      await clock.install({ time: now });
      await clock.resume();
    }
    if (ahead > 0) await clock.fastForward(ahead);
    await (to.frozen ? clock.setFixedTime(now) : clock.setSystemTime(now));
  }
};
function shown(clock) {
  return { now: new Date(clock.now), frozen: clock.frozen };
}

// web/playwright/src/fault.ts
var rules = /* @__PURE__ */ new Set([
  "status",
  "latency",
  "reset",
  "truncate",
  "slow-body",
  "jwk-rotated",
  "jwk-bad",
  "skew",
  "autologin-failure",
  "stale-id-token",
  "consent-denied",
  "email-refused",
  "other-browser"
]);
var ofTroubles = /* @__PURE__ */ new Set(["effect", "channel", "user", "times"]);
var Faults = class {
  /** mayMove throws if the platform is not this worker's alone. */
  constructor(control, mayMove) {
    this.control = control;
    this.mayMove = mayMove;
  }
  control;
  mayMove;
  live = /* @__PURE__ */ new Set();
  async add(rule) {
    if (rule.user === void 0) this.mayMove(`fault ${rule.effect} without a user`);
    const ids = rules.has(rule.effect) ? [(await this.control.addFault(body(rule))).id] : await this.trouble(rule);
    for (const id of ids) this.live.add(id);
    return { end: () => this.end(ids) };
  }
  /** Ends what is still in force. */
  async endAll() {
    await this.end([...this.live]);
  }
  async end(ids) {
    for (const id of ids.filter((id2) => this.live.delete(id2))) await this.control.removeFault(id);
  }
  async trouble(rule) {
    const more = Object.keys(rule).filter((name) => !ofTroubles.has(name));
    if (more.length) {
      throw complaint(`the trouble ${rule.effect} takes no ${more.join(", no ")}. It takes channel, user and times; for more, use an effect such as "status".`);
    }
    const { effect, ...whom } = rule;
    return ((await this.control.trigger(effect, whom)).faults ?? []).map((fault) => fault.id);
  }
};
function body(rule) {
  return { ...rule, ...rule.delay === void 0 ? {} : { delay: duration(rule.delay) } };
}

// web/playwright/src/person.ts
function person({ handle, origins }) {
  if (!origins.includes(location.origin) || window.top !== window) return;
  const act = () => {
    const own = 'form:has(input[name="loginState"]) ';
    const self = document.querySelector(`${own}button[name="persona"][value="${CSS.escape(handle)}"]`);
    const button = self ?? document.querySelector(["#continue", "#allow", "#skip"].map((id) => own + id).join());
    button?.click();
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", act);
  else act();
}
function liffBrowser(binding) {
  if (window.top !== window) return;
  const page = window;
  page._liff = {
    features: [],
    postMessage: (name) => {
      if (name === "closeWindow") page[binding]?.();
    }
  };
  page.navigation?.addEventListener("navigate", (event) => {
    const { url } = event.destination;
    if (!/^(liff|line):/.test(url)) return;
    event.preventDefault();
    if (/^liff:\/\/close\b/.test(url)) page[binding]?.();
    else console.warn(`tegata: LINE's app would open ${url.split("?")[0]}; this browser has nothing to open it with`);
  });
  const ask = window.prompt.bind(window);
  window.prompt = (message, standard) => message === "LIFF:GET_APP_LANGUAGE" ? navigator.language : ask(message, standard);
}
function held({ liffId, name }) {
  for (const storage of [sessionStorage, localStorage]) {
    const sdk = storage.getItem(`LIFF_STORE:${liffId}:${name}`);
    if (sdk) return JSON.parse(sdk);
    for (let i = 0; i < storage.length; i++) {
      const key = storage.key(i) ?? "";
      if (!key.startsWith("tegata.liff:") || !key.includes(liffId) || !key.endsWith(":session")) continue;
      const session = JSON.parse(storage.getItem(key) ?? "{}");
      const token = name === "accessToken" ? session.accessToken : session.idToken;
      if (token) return token;
    }
  }
  return null;
}

// web/playwright/src/liffpage.ts
var Opened = class {
  constructor(page, opening) {
    this.page = page;
    this.opening = opening;
    this.app = opening.app;
    this.user = opening.user;
  }
  page;
  opening;
  app;
  user;
  launch;
  closing;
  async open(rest = "") {
    if (rest !== "" && !/^[/?#]/.test(rest)) {
      throw complaint(`liffPage.open(${JSON.stringify(rest)}): what follows the LIFF ID begins with "/", "?" or "#".`);
    }
    if (this.page.isClosed()) throw complaint("the page is closed. Take another one by newLiffPage().");
    const away = this.watch();
    try {
      await (this.opening.options.inClient ? this.openInClient(rest) : this.openOutside(rest, away));
    } finally {
      away.stop();
    }
  }
  async accessToken() {
    return this.token("accessToken");
  }
  async idToken() {
    return this.token("IDToken");
  }
  async messages() {
    return this.opening.control.messages(this.launched("messages()").id);
  }
  /** Closes the LIFF browser. When it returns, the access token is revoked. */
  async close() {
    const launch = this.launched("closeLiff()");
    this.closing ??= (async () => {
      await this.opening.control.closeLaunch(launch.id);
      await this.page.close();
    })();
    await this.closing;
  }
  launched(what) {
    if (this.launch) return this.launch;
    throw complaint(this.opening.options.inClient ? `${what} before the app was opened. Call liffPage.open() first.` : `${what} is of LINE's LIFF browser: an ordinary browser tells LINE nothing when it is closed. Set inClient: true, or end the tokens by fault({ effect: "closed-liff" }).`);
  }
  async openOutside(rest, away) {
    const endpoint = new URL(this.app.endpointUrl);
    await Promise.race([away.failed, this.goOutside(endpoint, rest)]).catch((error) => {
      throw /net::ERR_/.test(String(error)) ? this.silence(error) : error;
    });
  }
  async goOutside(endpoint, rest) {
    await this.page.goto("about:blank");
    await this.page.goto(`https://liff.line.me/${this.app.liffId}${rest}`, { waitUntil: "commit" });
    await this.page.waitForURL((url) => url.origin === endpoint.origin, { waitUntil: "load" });
  }
  silence(cause) {
    return complaint(`the LIFF app at ${this.app.endpointUrl} does not answer. Is its server running?`, cause);
  }
  async openInClient(rest) {
    const { control, options, user, app } = this.opening;
    if (!user) throw complaint("nobody is in a LIFF browser without being logged in to LINE. Give tegata.user a handle, or leave inClient out.");
    await this.page.goto("about:blank");
    const agent = await this.page.evaluate(() => navigator.userAgent);
    if (!isLineAgent(agent)) {
      throw complaint(`the page's userAgent is not that of LINE's LIFF browser: ${agent}. Set userAgent in the configuration's \`use\`, where LINE's mark is added to it, or end it with " Line/15.12.1 LIFF".`);
    }
    const { scopes, chat, friend, view } = options;
    this.launch = await control.launch({ liffId: app.liffId, person: user.handle, rest: below(app.endpointUrl, rest), scopes, chat, friend, view });
    this.closing = void 0;
    await this.page.goto(this.launch.url).catch((error) => {
      throw this.silence(error);
    });
  }
  async token(name) {
    if (this.page.isClosed()) {
      const token = name === "accessToken" ? this.launch?.accessToken : this.launch?.idToken;
      if (token) return token;
      throw complaint("the page is closed, and its storage with it. Read the token before.");
    }
    const found = await this.page.waitForFunction(held, { liffId: this.app.liffId, name });
    return await found.jsonValue();
  }
  /** Watches for a page that cannot be loaded: it shows the browser's own error page for ever. */
  watch() {
    let fail = () => void 0;
    const failed = new Promise((_, reject) => fail = reject);
    failed.catch(() => void 0);
    const listener = (request) => {
      const why = request.failure()?.errorText ?? "";
      if (!request.isNavigationRequest() || request.frame() !== this.page.mainFrame() || why.includes("ERR_ABORTED")) return;
      fail(new Error(why));
    };
    this.page.on("requestfailed", listener);
    return { failed, stop: () => this.page.off("requestfailed", listener) };
  }
};
function below(endpoint, rest) {
  return new URL(endpoint).pathname.endsWith("/") && rest.startsWith("/") ? rest.slice(1) : rest;
}

// web/playwright/src/world.ts
var closeBinding = "__tegataCloseWindow";
var World = class {
  constructor(server, info) {
    this.server = server;
    this.info = info;
    this.control = server.control;
    this.url = server.control.url;
    this.env = server.env;
    const mayMove = (what) => this.mayMove(what);
    this.clocks = new Clocks(this.control, mayMove);
    this.faults = new Faults(this.control, mayMove);
  }
  server;
  info;
  url;
  env;
  clocks;
  faults;
  control;
  contexts = [];
  pages = [];
  begun = 0;
  /** Makes the platform be as at its start, if it is this worker's own. */
  async begin() {
    if (this.server.own) await this.control.reset();
    this.begun = (await this.control.requests(0)).at(-1)?.seq ?? 0;
  }
  /** Undoes what the test has done to everybody's platform, and tells what was asked if the test failed. */
  async end() {
    try {
      if (this.info.status !== this.info.expectedStatus) {
        const body2 = (await this.requests()).map(line).join("\n");
        await this.info.attach("what the platform was asked", { body: body2, contentType: "text/plain" });
      }
    } finally {
      await this.faults.endAll();
      if (this.clocks.touched) await this.control.clock({ do: "reset" });
      await Promise.all(this.contexts.map((context) => context.close()));
    }
  }
  user(handle) {
    const user = this.env.users.find((one) => one.handle === handle);
    if (user) return user;
    throw complaint(`the platform has no user ${JSON.stringify(handle)}. It has ${this.env.users.map((one) => one.handle).join(", ") || "none"}.`);
  }
  async revoke(token) {
    await this.control.revoke(token);
  }
  requests(endpoint) {
    return this.control.requests(this.begun, endpoint);
  }
  async reset() {
    this.mayMove("platform.reset");
    await this.control.reset();
    await this.clocks.sync();
  }
  app(options) {
    const id = options.liffId ?? this.env.liffId;
    const app = this.env.liffApps.find((one) => one.liffId === id);
    if (app) return app;
    throw complaint(`the platform has no LIFF app ${JSON.stringify(id)}. It has ${this.env.liffApps.map((one) => one.liffId).join(", ") || "none: register yours by tegataPlatform.apps"}.`);
  }
  mint(options, ofTest) {
    const { age, life, authTime, issuedAt } = options;
    return this.control.mint({
      user: this.person(ofTest)?.handle,
      ...options.liffId === void 0 ? { channel: this.app(ofTest).channelId } : {},
      ...options,
      ...age === void 0 ? {} : { age: duration(age) },
      ...life === void 0 ? {} : { life: duration(life) },
      ...authTime === void 0 ? {} : { authTime: instant(authTime) },
      ...issuedAt === void 0 ? {} : { issuedAt: instant(issuedAt) }
    });
  }
  /** Opens a page in a context that prepare has seen. */
  async page(context, options, page) {
    const opened = new Opened(page ?? await context.newPage(), { control: this.control, options, app: this.app(options), user: this.person(options) });
    this.pages.push(opened);
    return opened;
  }
  /** Opens a browser of its own. Its contexts are closed with the test. */
  async newPage(browser, options, agent) {
    const context = await browser.newContext({ userAgent: options.inClient ? lineAgent(agent) : plainAgent(browser, agent) });
    this.contexts.push(context);
    await this.prepare(context, options);
    return this.page(context, options);
  }
  /** Puts the person at a browser, makes it a LIFF browser if it is to be one, and lets its clock follow. */
  async prepare(context, options) {
    const user = this.person(options);
    if (user) {
      const origins = ["https://access.line.me", this.url, new URL(this.env.baseUrl).origin, new URL(this.env.tlsUrl).origin];
      await context.addInitScript(person, { handle: user.handle, origins });
    }
    if (options.inClient) {
      await context.exposeBinding(closeBinding, ({ page }) => this.pages.find((one) => one.page === page)?.close());
      await context.addInitScript(liffBrowser, closeBinding);
    }
    await this.clocks.follow(context);
  }
  opened(page) {
    const opened = this.pages.find((one) => one === page);
    if (opened) return opened;
    throw complaint("closeLiff: this page is of another test.");
  }
  person({ user }) {
    if (user === null) return null;
    const handle = user ?? this.env.users[0]?.handle;
    return handle === void 0 ? null : this.user(handle);
  }
  /** Refuses what other workers would feel. */
  mayMove(what) {
    const { workers } = this.info.config;
    if (this.server.own || workers === 1) return;
    throw complaint(`${what}: ${workers} workers share the platform at ${this.url}, and all of them would feel it. Leave TEGATA_URL out, so that each starts its own, or run with --workers=1.`);
  }
};
function line(r) {
  const params = Object.entries(r.params).map(([name, value]) => `${name}=${value}`).join(" ");
  return [r.time, r.status || "broken off", r.method, "https://" + r.host + r.path, params, r.faults?.length ? `faults: ${r.faults.join(", ")}` : "", r.requestId].filter(Boolean).join("  ");
}

// web/playwright/src/index.ts
import { expect } from "@playwright/test";
var whole = base.extend({
  tegataPlatform: [{}, { scope: "worker", option: true }],
  tegata: [{}, { option: true }],
  tegataServer: [async ({ tegataPlatform }, use) => {
    const server = await openServer(tegataPlatform);
    await use(server);
    await server.stop();
  }, { scope: "worker", box: true, timeout: 9e4 }],
  launchOptions: [async ({ launchOptions, browserName, tegataServer }, use) => {
    await use(mapped(launchOptions, tegataServer.env, browserName));
  }, { scope: "worker", box: true }],
  browser: [async ({ browser, tegataServer }, use) => {
    await checkMapped(browser, tegataServer.env);
    await use(browser);
  }, { scope: "worker", box: true, timeout: 9e4 }],
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
  newLiffPage: ({ tegataWorld, browser, userAgent, tegata }, use) => use((options = {}) => tegataWorld.newPage(browser, { ...tegata, ...options }, userAgent)),
  closeLiff: async ({ tegataWorld, liffPage }, use) => use((page = liffPage) => tegataWorld.opened(page).close())
});
var test = whole;
export {
  expect,
  test
};
