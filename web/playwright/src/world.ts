// What the fixtures of one test share: the platform as the test sees it, and the browsers
// that it opens.

import type { Browser, BrowserContext, TestInfo } from "@playwright/test";

import { lineAgent, plainAgent } from "./browser.js";
import { Clocks } from "./clock.js";
import type { Control } from "./control.js";
import { complaint, duration, instant } from "./control.js";
import { Faults } from "./fault.js";
import { Opened } from "./liffpage.js";
import { liffBrowser, person } from "./person.js";
import type { Env, LiffApp, LiffOptions, LiffPage, Minted, MintOptions, Platform, PlatformRequest, User } from "./public.js";
import type { Server } from "./server.js";

/** How a page of the LIFF browser says that the app closes it. */
const closeBinding = "__tegataCloseWindow";

export class World implements Platform {
  readonly url: string;
  readonly env: Env;
  readonly clocks: Clocks;
  readonly faults: Faults;
  private readonly control: Control;
  private readonly contexts: BrowserContext[] = [];
  private readonly pages: Opened[] = [];
  private begun = 0;

  constructor(private readonly server: Server, private readonly info: TestInfo) {
    this.control = server.control;
    this.url = server.control.url;
    this.env = server.env;
    const mayMove = (what: string): void => this.mayMove(what);
    this.clocks = new Clocks(this.control, mayMove);
    this.faults = new Faults(this.control, mayMove);
  }

  /** Makes the platform be as at its start, if it is this worker's own. */
  async begin(): Promise<void> {
    if (this.server.own) await this.control.reset();
    this.begun = (await this.control.requests(0)).at(-1)?.seq ?? 0;
  }

  /** Undoes what the test has done to everybody's platform, and tells what was asked if the test failed. */
  async end(): Promise<void> {
    try {
      if (this.info.status !== this.info.expectedStatus) {
        const body = (await this.requests()).map(line).join("\n");
        await this.info.attach("what the platform was asked", { body, contentType: "text/plain" });
      }
    } finally {
      await this.faults.endAll();
      if (this.clocks.touched) await this.control.clock({ do: "reset" });
      await Promise.all(this.contexts.map((context) => context.close()));
    }
  }

  user(handle: string): User {
    const user = this.env.users.find((one) => one.handle === handle);
    if (user) return user;
    throw complaint(`the platform has no user ${JSON.stringify(handle)}. It has ${this.env.users.map((one) => one.handle).join(", ") || "none"}.`);
  }

  async revoke(token: string): Promise<void> {
    await this.control.revoke(token);
  }

  requests(endpoint?: string): Promise<PlatformRequest[]> {
    return this.control.requests(this.begun, endpoint);
  }

  async reset(): Promise<void> {
    this.mayMove("platform.reset");
    await this.control.reset();
    await this.clocks.sync();
  }

  app(options: LiffOptions): LiffApp {
    const id = options.liffId ?? this.env.liffId;
    const app = this.env.liffApps.find((one) => one.liffId === id);
    if (app) return app;
    throw complaint(`the platform has no LIFF app ${JSON.stringify(id)}. It has ${this.env.liffApps.map((one) => one.liffId).join(", ") || "none: register yours by tegataPlatform.apps"}.`);
  }

  mint(options: MintOptions, ofTest: LiffOptions): Promise<Minted> {
    const { age, life, authTime, issuedAt } = options;
    return this.control.mint({
      user: this.person(ofTest)?.handle, ...(options.liffId === undefined ? { channel: this.app(ofTest).channelId } : {}), ...options,
      ...(age === undefined ? {} : { age: duration(age) }), ...(life === undefined ? {} : { life: duration(life) }),
      ...(authTime === undefined ? {} : { authTime: instant(authTime) }), ...(issuedAt === undefined ? {} : { issuedAt: instant(issuedAt) }),
    });
  }

  /** Opens a page in a context that prepare has seen. */
  async page(context: BrowserContext, options: LiffOptions, page?: Opened["page"]): Promise<LiffPage> {
    const opened = new Opened(page ?? (await context.newPage()), { control: this.control, options, app: this.app(options), user: this.person(options) });
    this.pages.push(opened);
    return opened;
  }

  /** Opens a browser of its own. Its contexts are closed with the test. */
  async newPage(browser: Browser, options: LiffOptions, agent: string | undefined): Promise<LiffPage> {
    const context = await browser.newContext({ userAgent: options.inClient ? lineAgent(agent) : plainAgent(browser, agent) });
    this.contexts.push(context);
    await this.prepare(context, options);
    return this.page(context, options);
  }

  /** Puts the person at a browser, makes it a LIFF browser if it is to be one, and lets its clock follow. */
  async prepare(context: BrowserContext, options: LiffOptions): Promise<void> {
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

  opened(page: LiffPage): Opened {
    const opened = this.pages.find((one) => one === page);
    if (opened) return opened;
    throw complaint("closeLiff: this page is of another test.");
  }

  private person({ user }: LiffOptions): User | null {
    if (user === null) return null;
    const handle = user ?? this.env.users[0]?.handle;
    return handle === undefined ? null : this.user(handle);
  }

  /** Refuses what other workers would feel. */
  private mayMove(what: string): void {
    const { workers } = this.info.config;
    if (this.server.own || workers === 1) return;
    throw complaint(`${what}: ${workers} workers share the platform at ${this.url}, and all of them would feel it. Leave TEGATA_URL out, so that each starts its own, or run with --workers=1.`);
  }
}

function line(r: PlatformRequest): string {
  const params = Object.entries(r.params).map(([name, value]) => `${name}=${value}`).join(" ");
  return [r.time, r.status || "broken off", r.method, "https://" + r.host + r.path, params, r.faults?.length ? `faults: ${r.faults.join(", ")}` : "", r.requestId]
    .filter(Boolean).join("  ");
}
