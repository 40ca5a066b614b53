// A LIFF app in a page: opened as LINE opens it, in an ordinary browser or in the LIFF browser.

import type { Page, Request } from "@playwright/test";

import { isLineAgent } from "./browser.js";
import type { Control, Launch } from "./control.js";
import { complaint } from "./control.js";
import { held } from "./person.js";
import type { LiffApp, LiffOptions, LiffPage, User } from "./public.js";

/** What a page needs to know. */
export interface Opening {
  control: Control;
  options: LiffOptions;
  app: LiffApp;
  user: User | null;
}

export class Opened implements LiffPage {
  readonly app: LiffApp;
  readonly user: User | null;
  private launch: Launch | undefined;
  private closing: Promise<void> | undefined;

  constructor(readonly page: Page, private readonly opening: Opening) {
    this.app = opening.app;
    this.user = opening.user;
  }

  async open(rest = ""): Promise<void> {
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

  async accessToken(): Promise<string> {
    return this.token("accessToken");
  }

  async idToken(): Promise<string> {
    return this.token("IDToken");
  }

  async messages(): Promise<unknown[]> {
    return this.opening.control.messages(this.launched("messages()").id);
  }

  /** Closes the LIFF browser. When it returns, the access token is revoked. */
  async close(): Promise<void> {
    const launch = this.launched("closeLiff()");
    // The app may close itself while the test does.
    this.closing ??= (async () => {
      await this.opening.control.closeLaunch(launch.id);
      await this.page.close();
    })();
    await this.closing;
  }

  private launched(what: string): Launch {
    if (this.launch) return this.launch;
    throw complaint(this.opening.options.inClient
      ? `${what} before the app was opened. Call liffPage.open() first.`
      : `${what} is of LINE's LIFF browser: an ordinary browser tells LINE nothing when it is closed. Set inClient: true, or end the tokens by fault({ effect: "closed-liff" }).`);
  }

  private async openOutside(rest: string, away: Watch): Promise<void> {
    const endpoint = new URL(this.app.endpointUrl);
    await Promise.race([away.failed, this.goOutside(endpoint, rest)]).catch((error: unknown) => {
      throw /net::ERR_/.test(String(error)) ? this.silence(error) : error;
    });
  }

  private async goOutside(endpoint: URL, rest: string): Promise<void> {
    // An address that differs by its fragment only would not be loaded again.
    await this.page.goto("about:blank");
    await this.page.goto(`https://liff.line.me/${this.app.liffId}${rest}`, { waitUntil: "commit" });
    await this.page.waitForURL((url) => url.origin === endpoint.origin, { waitUntil: "load" });
  }

  private silence(cause: unknown): Error {
    return complaint(`the LIFF app at ${this.app.endpointUrl} does not answer. Is its server running?`, cause);
  }

  private async openInClient(rest: string): Promise<void> {
    const { control, options, user, app } = this.opening;
    if (!user) throw complaint("nobody is in a LIFF browser without being logged in to LINE. Give tegata.user a handle, or leave inClient out.");
    await this.page.goto("about:blank");
    const agent = await this.page.evaluate(() => navigator.userAgent);
    if (!isLineAgent(agent)) {
      throw complaint(`the page's userAgent is not that of LINE's LIFF browser: ${agent}. Set userAgent in the configuration's \`use\`, where LINE's mark is added to it, or end it with " Line/15.12.1 LIFF".`);
    }
    const { scopes, chat, friend, view } = options;
    this.launch = await control.launch({ liffId: app.liffId, person: user.handle, rest: below(app.endpointUrl, rest), scopes, chat, friend, view });
    this.closing = undefined;
    await this.page.goto(this.launch.url).catch((error: unknown) => {
      throw this.silence(error);
    });
  }

  private async token(name: "accessToken" | "IDToken"): Promise<string> {
    if (this.page.isClosed()) {
      const token = name === "accessToken" ? this.launch?.accessToken : this.launch?.idToken;
      if (token) return token;
      throw complaint("the page is closed, and its storage with it. Read the token before.");
    }
    const found = await this.page.waitForFunction(held, { liffId: this.app.liffId, name });
    return (await found.jsonValue()) as string;
  }

  /** Watches for a page that cannot be loaded: it shows the browser's own error page for ever. */
  private watch(): Watch {
    let fail: (error: Error) => void = () => undefined;
    const failed = new Promise<never>((_, reject) => (fail = reject));
    failed.catch(() => undefined); // whoever waits hears of it
    const listener = (request: Request): void => {
      const why = request.failure()?.errorText ?? "";
      if (!request.isNavigationRequest() || request.frame() !== this.page.mainFrame() || why.includes("ERR_ABORTED")) return;
      fail(new Error(why));
    };
    this.page.on("requestfailed", listener);
    return { failed, stop: () => this.page.off("requestfailed", listener) };
  }
}

interface Watch {
  failed: Promise<never>;
  stop: () => void;
}

/** Leaves out the slash with which the endpoint's path ends already, as LIFF URLs do. */
function below(endpoint: string, rest: string): string {
  return new URL(endpoint).pathname.endsWith("/") && rest.startsWith("/") ? rest.slice(1) : rest;
}
