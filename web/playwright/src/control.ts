// The calls to the platform's control APIs. Answers are read here and nowhere else; no
// error holds a token.

import type { Duration, Env, Minted, PlatformRequest } from "./public.js";

/** Milliseconds that a call may take. */
const patience = 15_000;

export interface PlatformClock {
  now: string;
  frozen: boolean;
  offset: string;
}

export interface Launch {
  id: string;
  url: string;
  accessToken: string;
  idToken: string;
}

/** An error of this package. The last sentence says what to do. */
export function complaint(text: string, cause?: unknown): Error {
  return new Error("tegata: " + text, cause === undefined ? undefined : { cause });
}

/** A duration as the platform reads it. */
export function duration(d: Duration): string {
  if (typeof d === "number") {
    if (!Number.isFinite(d)) throw complaint(`${d} is no length of time: give milliseconds, or a text such as "2h"`);
    return `${Math.round(d)}ms`;
  }
  return d;
}

/** A time as the platform reads it. */
export function instant(at: Date | string): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) throw complaint(`${JSON.stringify(at)} is no time: give a Date, or a text such as "2027-01-01T00:00:00Z"`);
  return date.toISOString();
}

export class Control {
  constructor(readonly url: string, private readonly token: string) {}

  env(): Promise<Env> {
    return this.ask<Env>("GET", "admin/v1/env");
  }

  clock(change?: { do: string; by?: string; at?: string }): Promise<PlatformClock> {
    return change ? this.ask("POST", "lab/v1/clock", change) : this.ask("GET", "lab/v1/clock");
  }

  mint(options: Record<string, unknown>): Promise<Minted> {
    return this.ask("POST", "lab/v1/tokens", options);
  }

  revoke(token: string): Promise<unknown> {
    return this.ask("POST", "lab/v1/revoke", { token });
  }

  addFault(rule: Record<string, unknown>): Promise<{ id: string }> {
    return this.ask("POST", "lab/v1/faults", rule);
  }

  trigger(name: string, whom: Record<string, unknown>): Promise<{ faults?: { id: string }[] }> {
    return this.ask("POST", "lab/v1/troubles/" + encodeURIComponent(name), whom);
  }

  /** Ends a fault; one that is gone already, by a reset, is no mistake. */
  async removeFault(id: string): Promise<void> {
    const answer = await this.send("DELETE", "lab/v1/faults/" + encodeURIComponent(id));
    if (answer.status !== 404) await this.read(answer, "DELETE", "lab/v1/faults/" + id);
  }

  reset(): Promise<unknown> {
    return this.ask("POST", "lab/v1/reset");
  }

  async requests(after: number, endpoint?: string): Promise<PlatformRequest[]> {
    const query = new URLSearchParams({ after: String(after), ...(endpoint ? { endpoint } : {}) });
    return (await this.ask<{ requests: PlatformRequest[] | null }>("GET", "lab/v1/requests?" + query.toString())).requests ?? [];
  }

  launch(request: Record<string, unknown>): Promise<Launch> {
    return this.ask("POST", "lab/v1/liff/launches", request);
  }

  async messages(launch: string): Promise<unknown[]> {
    return (await this.ask<{ messages: unknown[] | null }>("GET", "lab/v1/liff/launches/" + encodeURIComponent(launch))).messages ?? [];
  }

  closeLaunch(launch: string): Promise<unknown> {
    return this.ask("POST", `lab/v1/liff/launches/${encodeURIComponent(launch)}/close`, {});
  }

  private async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    return (await this.read(await this.send(method, path, body), method, path)) as T;
  }

  private async send(method: string, path: string, body?: unknown): Promise<Response> {
    try {
      return await fetch(`${this.url}/_tegata/${path}`, {
        method,
        headers: { Authorization: "Bearer " + this.token, ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: "error", // the token goes to this URL only
        signal: AbortSignal.timeout(patience),
      });
    } catch (error) {
      throw complaint(`no platform answers at ${this.url}. Start one with \`tegata dev\`, or leave TEGATA_URL out and each worker starts its own.`, error);
    }
  }

  private async read(answer: Response, method: string, path: string): Promise<unknown> {
    const text = await answer.text();
    let body: unknown;
    try {
      body = text === "" ? {} : JSON.parse(text);
    } catch {
      throw complaint(`${this.url} answered ${method} ${path.split("?")[0]} with status ${answer.status} and no JSON. Is a tegata running there?`);
    }
    if (answer.ok) return body;
    const told = body as { message?: string; fix?: string };
    if (answer.status === 401) {
      throw complaint(`the platform at ${this.url} does not take the admin token. Give its own by TEGATA_ADMIN_TOKEN; one of \`tegata dev\` lives as long as that process.`);
    }
    throw complaint(`${method} ${path.split("?")[0]}: ${told.message ?? `status ${answer.status}`}. ${told.fix ?? ""}`.trim());
  }
}
