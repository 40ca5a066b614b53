// The platform's clock and those of the pages, moved together.

import type { BrowserContext } from "@playwright/test";

import type { Control, PlatformClock } from "./control.js";
import { duration, instant } from "./control.js";
import type { Clock, ClockState, Duration } from "./public.js";

/** How far the platform's clock may be off the machine's before pages are told. */
const tolerance = 2_000;

export class Clocks implements Clock {
  private readonly contexts: BrowserContext[] = [];
  private readonly installed = new Set<BrowserContext>();
  private wanted = false;
  /** Whether the test has moved the platform's clock. */
  touched = false;

  /** mayMove throws if the platform is not this worker's alone. */
  constructor(private readonly control: Control, private readonly mayMove: (what: string) => void) {}

  /** Lets the pages of a context follow. Those of a test without the fixture `clock` do so only if the platform's clock is off. */
  async follow(context: BrowserContext): Promise<void> {
    this.contexts.push(context);
    const clock = await this.control.clock();
    if (this.wanted || clock.frozen || Math.abs(Date.parse(clock.now) - Date.now()) > tolerance) await this.tell(context, clock, 0);
  }

  /** Takes over the clocks of all pages, before they set a timer: one that was set earlier would not follow. */
  async takeOver(): Promise<this> {
    this.wanted = true;
    await this.sync();
    return this;
  }

  async advance(by: Duration): Promise<ClockState> {
    return this.change({ do: "advance", by: duration(by) });
  }

  async jump(to: Date | string): Promise<ClockState> {
    return this.change({ do: "jump", at: instant(to) });
  }

  async freeze(at?: Date | string): Promise<ClockState> {
    return this.change({ do: "freeze", ...(at === undefined ? {} : { at: instant(at) }) });
  }

  async resume(): Promise<ClockState> {
    return this.change({ do: "resume" });
  }

  async reset(): Promise<ClockState> {
    return this.change({ do: "reset" });
  }

  async state(): Promise<ClockState> {
    return shown(await this.control.clock());
  }

  /** Tells the pages again how the platform's clock stands. */
  async sync(): Promise<void> {
    const clock = await this.control.clock();
    await Promise.all((this.wanted ? this.contexts : [...this.installed]).map((context) => this.tell(context, clock, 0)));
  }

  private async change(change: { do: string; by?: string; at?: string }): Promise<ClockState> {
    this.mayMove(`clock.${change.do}`);
    this.touched = true;
    const before = await this.control.clock();
    const after = await this.control.clock(change);
    const ahead = change.do === "advance" ? Date.parse(after.now) - Date.parse(before.now) : 0;
    await Promise.all(this.contexts.map((context) => this.tell(context, after, ahead)));
    return shown(after);
  }

  /** Sets the clock of a context's pages, and lets timers fire that are due on the way. */
  private async tell(context: BrowserContext, to: PlatformClock, ahead: number): Promise<void> {
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
}

function shown(clock: PlatformClock): ClockState {
  return { now: new Date(clock.now), frozen: clock.frozen };
}
