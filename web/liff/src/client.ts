// The methods of the liff object.

import { Api, AnswerError } from "./api.js";
import { parseConfig, parseRedirect, parseURL } from "./config.js";
import { hasScope, withoutUser } from "./context.js";
import { isInClient, lineVersionOf, osOf } from "./device.js";
import { LiffError, code } from "./errors.js";
import { freshClaims } from "./idtoken.js";
import { start } from "./init.js";
import { permanentLink } from "./liffurl.js";
import type { Setup } from "./login.js";
import { beginLogin, sameUser } from "./login.js";
import type {
  Context, Environment, IDTokenClaims, InitOptions, LoginOptions, LogoutResult, PermissionName, PermissionState, Profile,
} from "./public.js";
import type { Session } from "./store.js";
import { Store } from "./store.js";

const permissions = ["profile", "chat_message.write", "openid", "email"];
const openable = ["https:", "http:", "line:", "tel:", "mailto:", "sms:"];

export class Client {
  readonly ready: Promise<void>;
  private isReady!: () => void;
  private setup: Setup | null = null;
  private context: Context | null = null;
  private running: { options: string; done: Promise<void> } | null = null;
  private client: boolean | undefined;

  constructor(private readonly env: Environment) {
    this.ready = new Promise((resolve) => (this.isReady = resolve));
  }

  get id(): string | null {
    return this.setup?.config.liffId ?? null;
  }

  init(options: InitOptions, success?: () => void, failure?: (error: unknown) => void): Promise<void> {
    const done = this.runOnce(options);
    if (success || failure) {
      done.then(() => success?.(), (error: unknown) => failure?.(error));
    }
    return done;
  }

  // Two calls at once (frameworks mount twice in development) share one run: the
  // second would find the code of the first already used.
  private async runOnce(options: InitOptions): Promise<void> {
    const config = parseConfig(options);
    const key = JSON.stringify(config);
    if (this.running && this.running.options !== key) {
      throw new LiffError(code.invalidConfig, "another liff.init with other options has not finished");
    }
    if (!this.running) {
      const done = this.run({ env: this.env, config, ...this.reach(config) });
      this.running = { options: key, done };
      const forget = () => void (this.running = null);
      done.then(forget, forget);
    }
    return this.running.done;
  }

  private reach(config: Setup["config"]): Pick<Setup, "api" | "store" | "inClient"> {
    const inClient = this.isInClient();
    const storage = () => (inClient ? this.env.sessionStorage() : this.env.localStorage());
    return { inClient, api: new Api(this.env, config), store: new Store(storage, config, () => this.env.now()) };
  }

  private async run(setup: Setup): Promise<void> {
    this.setup = setup;
    this.context = null;
    this.context = await start(setup);
    if (this.context === null) {
      return new Promise(() => {}); // the page is being left
    }
    this.isReady();
  }

  async login(options: LoginOptions = {}): Promise<void> {
    const setup = this.needSetup("liff.login");
    const given = options?.redirectUri;
    const redirectUri = given === undefined ? setup.config.redirectUri : parseRedirect(given, code.invalidArgument);
    this.env.navigate(await beginLogin(setup, redirectUri ?? null));
  }

  async logout(): Promise<LogoutResult> {
    const session = this.session();
    if (!this.setup || session === null) {
      return { revoked: false, reason: "nobody is logged in" };
    }
    // At once, before anything can go wrong or the page goes away.
    this.setup.store.clear();
    this.context = withoutUser(session.context);
    if (this.setup.config.isLINE) {
      const reason = "LINE revokes a LIFF app's access token only when the app is closed or the token expires";
      this.env.info(`liff.logout: nothing was revoked: ${reason}`);
      return { revoked: false, reason };
    }
    try {
      await this.setup.api.revoke(session.accessToken);
      return { revoked: true };
    } catch (error) {
      const reason = (error as Error).message;
      this.env.warn(`liff.logout: the access token was forgotten here but not revoked: ${reason}`);
      return { revoked: false, reason };
    }
  }

  isLoggedIn(): boolean {
    return this.session() !== null;
  }

  isInClient(): boolean {
    return (this.client ??= isInClient(this.env));
  }

  getOS(): "ios" | "android" | "web" {
    return osOf(this.env.userAgent());
  }

  getLanguage(): string {
    return this.env.language();
  }

  getLineVersion(): string | null {
    return lineVersionOf(this.env.userAgent());
  }

  getContext(): Context | null {
    return this.context;
  }

  getIDToken(): string | null {
    const raw = this.session()?.idToken ?? null;
    return raw !== null && freshClaims(raw, this.env.now()) !== null ? raw : null;
  }

  getDecodedIDToken(): IDTokenClaims | null {
    const raw = this.session()?.idToken ?? null;
    return raw === null ? null : freshClaims(raw, this.env.now());
  }

  getAccessToken(): string | null {
    return this.session()?.accessToken ?? null;
  }

  async getProfile(): Promise<Profile> {
    const { setup, session } = this.needScope("profile");
    const profile = await this.forgetIf([401], session, setup.api.profile(session.accessToken));
    sameUser(this.getDecodedIDToken(), profile.userId);
    return profile;
  }

  async getFriendship(options: { officialAccountId?: string } = {}): Promise<{ friendFlag: boolean }> {
    const { setup, session } = this.needScope("profile");
    return this.forgetIf([401], session, setup.api.friendship(session.accessToken, options?.officialAccountId));
  }

  async queryPermission(name: PermissionName): Promise<{ state: PermissionState }> {
    if (!permissions.includes(name)) {
      throw new LiffError(code.invalidArgument, `permission must be one of ${permissions.join(", ")}`);
    }
    this.needSession();
    if (!hasScope(this.context, name)) {
      return { state: "unavailable" };
    }
    return { state: (await this.getGrantedAll()).includes(name) ? "granted" : "prompt" };
  }

  async getGrantedAll(): Promise<string[]> {
    const { setup, session } = this.needSession();
    const answer = await this.forgetIf([400, 401], session, setup.api.verify(session.accessToken));
    return answer.scopes;
  }

  async createUrlBy(url: string): Promise<string> {
    const setup = this.needSetup("liff.permanentLink.createUrlBy");
    return permanentLink(url, this.context, setup.config);
  }

  openWindow(options: { url: string; external?: boolean }): void {
    const url = parseURL(options?.url);
    if (!url || !openable.includes(url.protocol)) {
      throw new LiffError(code.invalidArgument, `liff.openWindow needs an absolute URL of ${openable.join(" ")}`);
    }
    if (this.isInClient() && url.protocol.startsWith("http")) {
      // How the LIFF browser is told which browser to use.
      url.searchParams.set("is_liff_external_open_window", String(options.external === true));
    }
    this.env.openWindow(url.href);
  }

  closeWindow(): void {
    if (this.isInClient()) {
      this.env.navigate("liff://close");
    } else {
      this.env.closeWindow();
    }
  }

  private session(): Session | null {
    return this.setup?.store.session() ?? null;
  }

  private needSetup(what: string): Setup {
    if (!this.setup) {
      throw new LiffError(code.invalidConfig, `await liff.init before ${what}`);
    }
    return this.setup;
  }

  private needSession(): { setup: Setup; session: Session } {
    const session = this.session();
    if (!this.setup || session === null) {
      throw new LiffError(code.unauthorized, "nobody is logged in: await liff.init, then liff.login");
    }
    return { setup: this.setup, session };
  }

  private needScope(name: string): { setup: Setup; session: Session } {
    const found = this.needSession();
    if (!hasScope(this.context, name)) {
      throw new LiffError(code.forbidden, `the LIFF app has not the scope ${name}: add it in the LIFF app's settings`);
    }
    return found;
  }

  // A token that the platform refuses is no login any more.
  private async forgetIf<T>(statuses: number[], session: Session, answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof AnswerError && statuses.includes(error.status)) {
        this.setup?.store.clear(session.accessToken);
      }
      throw error;
    }
  }
}
