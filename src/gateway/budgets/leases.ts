import { Account, type Plan } from "./account.ts";
import type { Budget, Ledger } from "./ledger.ts";

/** After this, other processes take a lease for that of a process that is no more. */
export const LEASE_MS = 10_000;
/** What a process in use holds beside what its calls reserved: a fiftieth of the budget. */
const LEASE_PART = 1 / 50;

/** How much an account shall have free, under the limit that its budget has now. */
interface Wanted {
  readonly account: Account;
  readonly limit: number;
  readonly tokens: number;
}

interface Planned extends Wanted {
  readonly plan: Plan;
}

/** The accounts of this process and what the ledger says of them. A change is one transaction, and counts here when that is committed. */
export class Leases {
  readonly #ledger: Ledger;
  readonly #accounts = new Map<string, Account>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Throws BudgetError when the budget has a new limit and the ledger cannot be told. */
  account(budget: Budget, limit: number, now: Date): Account {
    const key = `${budget.window} ${budget.scope}`;
    const account = this.#accounts.get(key) ?? new Account(budget, limit);
    this.#accounts.set(key, account);
    // Under a lower limit, there may be less than what is free here.
    if (account.limit !== limit) this.#change([{ account, limit, tokens: leaseOf(limit) }], now);
    return account;
  }

  /** Tells the ledger what was used, and takes a lease for what comes next. Throws BudgetError. */
  tell(accounts: readonly Account[], now: Date): void {
    this.#change(
      accounts.map((account) => ({ account, limit: account.limit, tokens: leaseOf(account.limit) })),
      now,
    );
  }

  /** Makes so many tokens free in all of these accounts, and a lease for what comes next; or yields the first that has too little left, and takes nothing. Throws BudgetError. */
  take(accounts: readonly Account[], tokens: number, now: Date): Account | undefined {
    const wanted = accounts.map((account) => ({ account, limit: account.limit, tokens: Math.max(tokens, leaseOf(account.limit)) }));
    let short: Account | undefined;
    this.#change(wanted, now, (planned) => {
      short = planned.find(({ plan }) => plan.held - plan.outstanding < tokens)?.account;
      return short === undefined;
    });
    return short;
  }

  /** Tells what was used, renews leases of this window that are in use, gives back the others, and settles those that nobody renewed. Throws BudgetError. */
  renew(window: string | null, now: Date): void {
    const wanted = [...this.#accounts.values()].map((account) => ({
      account,
      limit: account.limit,
      tokens: account.window === window && (account.isUsed || account.calls > 0) ? leaseOf(account.limit) : 0,
    }));
    this.#change(wanted, now);
    this.#ledger.transact(() => this.#ledger.settleExpired(now.toISOString()));
    for (const [key, account] of this.#accounts) {
      account.isUsed = false;
      if (account.isIdle) this.#accounts.delete(key);
    }
  }

  #change(wanted: readonly Wanted[], now: Date, isToBe: (planned: readonly Planned[]) => boolean = () => true): void {
    const expiresAt = new Date(now.getTime() + LEASE_MS).toISOString();
    const changed = this.#ledger.transact(() => {
      const planned = wanted.map((want) => ({ ...want, plan: this.#plan(want) }));
      if (!isToBe(planned)) return [];
      for (const { account, limit, plan } of planned) {
        this.#ledger.writeTotals(account, limit, plan.totals);
        this.#ledger.writeHold(plan.lease, account, plan.held, expiresAt);
      }
      return planned;
    });
    for (const { account, limit, plan } of changed) account.become(plan, limit);
  }

  #plan({ account, limit, tokens }: Wanted): Plan {
    return account.plan(this.#ledger.totals(account), this.#ledger.isHeld(account.lease), limit, tokens);
  }
}

function leaseOf(limit: number): number {
  return Math.max(1, Math.floor(limit * LEASE_PART));
}
