// Faults and troubles: what goes wrong, and when it ends.

import type { Control } from "./control.js";
import { complaint, duration } from "./control.js";
import type { Effect, FaultHandle, FaultRule } from "./public.js";

/** Effects that are rules of their own; the others are troubles, which the platform makes rules or changes of. */
const rules: ReadonlySet<Effect> = new Set([
  "status", "latency", "reset", "truncate", "slow-body", "jwk-rotated", "jwk-bad", "skew",
  "autologin-failure", "stale-id-token", "consent-denied", "email-refused", "other-browser",
]);

/** What a trouble can be limited to. */
const ofTroubles: ReadonlySet<string> = new Set(["effect", "channel", "user", "times"]);

export class Faults {
  private readonly live = new Set<string>();

  /** mayMove throws if the platform is not this worker's alone. */
  constructor(private readonly control: Control, private readonly mayMove: (what: string) => void) {}

  async add(rule: FaultRule): Promise<FaultHandle> {
    // Others would feel a rule for everybody; one for a persona is the test's own affair.
    if (rule.user === undefined) this.mayMove(`fault ${rule.effect} without a user`);
    const ids = rules.has(rule.effect) ? [(await this.control.addFault(body(rule))).id] : await this.trouble(rule);
    for (const id of ids) this.live.add(id);
    return { end: () => this.end(ids) };
  }

  /** Ends what is still in force. */
  async endAll(): Promise<void> {
    await this.end([...this.live]);
  }

  private async end(ids: string[]): Promise<void> {
    for (const id of ids.filter((id) => this.live.delete(id))) await this.control.removeFault(id);
  }

  private async trouble(rule: FaultRule): Promise<string[]> {
    const more = Object.keys(rule).filter((name) => !ofTroubles.has(name));
    if (more.length) {
      throw complaint(`the trouble ${rule.effect} takes no ${more.join(", no ")}. It takes channel, user and times; for more, use an effect such as "status".`);
    }
    const { effect, ...whom } = rule;
    return ((await this.control.trigger(effect, whom)).faults ?? []).map((fault) => fault.id);
  }
}

function body(rule: FaultRule): Record<string, unknown> {
  return { ...rule, ...(rule.delay === undefined ? {} : { delay: duration(rule.delay) }) };
}
