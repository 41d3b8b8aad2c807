import type { Principal } from "../../access/principal.ts";
import type { BudgetSpent, Reservation, TokenBudgets } from "../parts.ts";
import type { Account } from "./account.ts";
import { LEASE_MS, Leases } from "./leases.ts";
import { Ledger } from "./ledger.ts";
import { endOf, windowAt } from "./windows.ts";

const RENEW_EVERY_MS = LEASE_MS / 3;
const INSTALLATION = "installation";

export interface BudgetOptions {
  /** Tokens in a day for a principal with no limit of its own. Without it, nothing limits those. */
  readonly tokensPerDay?: number;
  /** Tokens in a day for all principals together. */
  readonly installationTokensPerDay?: number;
  readonly now: () => Date;
}

export interface OpenTokenBudgets extends TokenBudgets {
  /** Throws BudgetError WB_BUDGET_LEDGER when it cannot be known what is left. */
  reserve(principal: Principal, tokens: number): Reservation | BudgetSpent;
  /**
   * Tells the ledger what was used, renews leases or gives them back, and settles those of processes that ended. Done by itself every three seconds. Throws
   * BudgetError WB_BUDGET_LEDGER.
   */
  renew(): void;
  /** Tells the ledger what was used and gives back what is free. What calls under way reserved will count as spent. Throws BudgetError WB_BUDGET_LEDGER. */
  close(): void;
}

/**
 * Opens the ledger in `state.sqlite` of a data directory. Any number of processes may: what all of them granted and used is never more than a limit, but for
 * calls that used more than they reserved. A process that was killed has spent what it held. Throws BudgetError WB_BUDGET_LEDGER.
 */
export function openTokenBudgets(root: string, options: BudgetOptions): OpenTokenBudgets {
  const ledger = new Ledger(root);
  try {
    return new LeasedBudgets(ledger, options);
  } catch (error) {
    ledger.close();
    throw error;
  }
}

class LeasedBudgets implements OpenTokenBudgets {
  readonly #ledger: Ledger;
  readonly #leases: Leases;
  readonly #options: BudgetOptions;
  readonly #timer: NodeJS.Timeout;
  /** The ledger could not be told what it has to know: until it is, nothing is granted. */
  #isOverdue = false;

  constructor(ledger: Ledger, options: BudgetOptions) {
    this.#ledger = ledger;
    this.#leases = new Leases(ledger);
    this.#options = options;
    this.renew();
    this.#timer = setInterval(() => this.#renewInBackground(), RENEW_EVERY_MS).unref();
  }

  reserve(principal: Principal, asked: number): Reservation | BudgetSpent {
    const tokens = countOf(asked);
    if (this.#isOverdue) this.renew();
    const now = this.#options.now();
    const window = windowAt(now);
    const accounts = this.#accountsOf(principal, window, now);
    const short = accounts.filter(({ free }) => free < tokens);
    const spent = short.length > 0 ? this.#leases.take(short, tokens, now) : undefined;
    if (spent !== undefined) {
      const scope = spent.scope === INSTALLATION ? "installation" : "principal";
      return { kind: "spent", scope, limit: spent.limit, resetsAt: endOf(window) };
    }
    for (const account of accounts) account.reserve(tokens);
    return this.#reservation(accounts, tokens);
  }

  renew(): void {
    const now = this.#options.now();
    this.#isOverdue = true;
    this.#leases.renew(windowAt(now), now);
    this.#isOverdue = false;
  }

  close(): void {
    clearInterval(this.#timer);
    try {
      this.#leases.renew(null, this.#options.now());
    } finally {
      this.#ledger.close();
    }
  }

  #accountsOf(principal: Principal, window: string, now: Date): Account[] {
    const { tokensPerDay, installationTokensPerDay } = this.#options;
    const limits = [
      { scope: INSTALLATION, limit: installationTokensPerDay },
      { scope: `principal:${principal.id}`, limit: principal.limits.tokensPerDay ?? tokensPerDay },
    ];
    return limits.flatMap(({ scope, limit }) => (limit === undefined ? [] : [this.#leases.account({ scope, window }, limit, now)]));
  }

  #reservation(accounts: readonly Account[], tokens: number): Reservation {
    const held = accounts.map((account) => ({ account, lease: account.lease }));
    let isSettled = false;
    return {
      kind: "reserved",
      left: accounts.length === 0 ? null : Math.min(...accounts.map(({ left }) => left)),
      settle: (used) => {
        if (isSettled) return;
        const count = countOf(used);
        isSettled = true;
        for (const { account, lease } of held) account.settle(lease, tokens, count);
        // More than this process holds was used: the others have to know before they grant anything.
        const overdrawn = accounts.filter(({ free }) => free < 0);
        if (overdrawn.length > 0) this.#tell(overdrawn);
      },
    };
  }

  #tell(accounts: readonly Account[]): void {
    try {
      this.#leases.tell(accounts, this.#options.now());
    } catch {
      this.#isOverdue = true;
    }
  }

  #renewInBackground(): void {
    try {
      this.renew();
    } catch {
      // The next reservation tries again, and says what is wrong.
    }
  }
}

/** Whole tokens, however many a model server claims. Throws RangeError for what is no number of anything. */
function countOf(tokens: number): number {
  if (tokens >= 0) return Math.min(Math.ceil(tokens), Number.MAX_SAFE_INTEGER);
  throw new RangeError(`${tokens} is no number of tokens`);
}
