import { randomUUID } from "node:crypto";
import type { Budget, Totals } from "./ledger.ts";

/** What an account is to become when the ledger has taken it. */
export interface Plan {
  readonly totals: Totals;
  /** Of the hold: the part of `totals.reserved` that this process holds. */
  readonly held: number;
  readonly outstanding: number;
  /** What anybody may still take from the budget. Negative after an overrun, or under a limit that was lowered. */
  readonly room: number;
  /** Id of the hold: another one where the ledger counted the lease as spent, as if this process had ended. */
  readonly lease: string;
}

/**
 * What this process holds of one budget. It takes a lease from the ledger, so many tokens for so long, and grants from it without asking: `held` is in the
 * ledger's `reserved`, so that whatever is granted here is counted there already.
 */
export class Account implements Budget {
  readonly scope: string;
  readonly window: string;
  #limit: number;
  /** Whether anything was granted since the lease was renewed. */
  isUsed = false;
  #lease: string = randomUUID();
  #calls = 0;
  #held = 0;
  /** Reserved by calls under way, from this lease. */
  #outstanding = 0;
  /** Settled and not yet told to the ledger. */
  #used = 0;
  #room = 0;

  constructor({ scope, window }: Budget, limit: number) {
    this.scope = scope;
    this.window = window;
    this.#limit = limit;
  }

  /** Of the budget, when the ledger was asked last. */
  get limit(): number {
    return this.#limit;
  }

  /** Id of the hold. There is a new one after a loss, so that what was granted from the old lease is known. */
  get lease(): string {
    return this.#lease;
  }

  /** How many that reserved here are under way. */
  get calls(): number {
    return this.#calls;
  }

  /** What may be granted without asking the ledger. Negative after an overrun. */
  get free(): number {
    return this.#held - this.#outstanding - this.#used;
  }

  /** What may be reserved in all, as far as this process knows. */
  get left(): number {
    return Math.max(0, this.free + this.#room);
  }

  /** Nothing is under way and nothing is to be told. */
  get isIdle(): boolean {
    return this.#calls === 0 && this.#held === 0 && this.#used === 0;
  }

  reserve(tokens: number): void {
    this.#outstanding += tokens;
    this.#calls++;
    this.isUsed = true;
  }

  /** From a lease that was lost, everything reserved is spent already: only what goes beyond that counts. */
  settle(lease: string, reserved: number, used: number): void {
    this.#calls--;
    if (lease !== this.#lease) {
      this.#used = saturating(this.#used + Math.max(0, used - reserved));
      return;
    }
    this.#outstanding -= reserved;
    this.#used = saturating(this.#used + used);
  }

  /** Tells what was used, keeps what calls under way reserved, and asks for so many tokens beside it: as many of them as there are. */
  plan(before: Totals, isHeld: boolean, limit: number, wanted: number): Plan {
    const isLost = this.#held > 0 && !isHeld;
    const held = isLost ? 0 : this.#held;
    const outstanding = isLost ? 0 : this.#outstanding;
    const used = isLost ? Math.max(0, -this.free) : this.#used;
    const spent = saturating(before.spent + used);
    const others = before.reserved - held;
    const room = limit - spent - others - outstanding;
    const kept = Math.max(0, Math.min(wanted, room));
    return {
      totals: { spent, reserved: others + outstanding + kept },
      held: outstanding + kept,
      outstanding,
      room: room - kept,
      lease: isLost ? randomUUID() : this.#lease,
    };
  }

  /** The ledger has what was planned. */
  become(plan: Plan, limit: number): void {
    this.#lease = plan.lease;
    this.#limit = limit;
    this.#held = plan.held;
    this.#outstanding = plan.outstanding;
    this.#used = 0;
    this.#room = plan.room;
  }
}

/** Where numbers end that are exact. An upstream that claims more than that has spent any budget. */
function saturating(tokens: number): number {
  return Math.min(tokens, Number.MAX_SAFE_INTEGER);
}
