import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { useWal } from "../../sqlite-wal.ts";
import { STATE_SCHEMA } from "../../state/tables.ts";
import { BudgetError } from "./errors.ts";

/** Other processes hold the write lock for a commit, a few milliseconds. */
const BUSY_TIMEOUT_MS = 1_000;

/** A scope in a window: what the rows of the ledger are about. */
export interface Budget {
  readonly scope: string;
  readonly window: string;
}

/** Tokens that are settled, and tokens that processes hold: the sum of the budget's holds. */
export interface Totals {
  readonly spent: number;
  readonly reserved: number;
}

/**
 * The tables state_budgets and state_holds, through a connection of their own: with `synchronous=NORMAL` a commit writes and does not wait for the disk, so
 * that it may stand in the way of a request (20 µs). What was committed outlasts this process, however it ends. A loss of power may take back
 * what the operating system had not written yet, and then budgets have more left than they should.
 */
export class Ledger {
  readonly #db: DatabaseSync;
  readonly #statements: ReturnType<typeof prepare>;

  /** Throws BudgetError. */
  constructor(root: string) {
    try {
      this.#db = new DatabaseSync(join(root, "state.sqlite"), { timeout: BUSY_TIMEOUT_MS });
      useWal(this.#db);
      this.#db.exec("PRAGMA synchronous = NORMAL");
      this.#db.exec(STATE_SCHEMA);
      this.#statements = prepare(this.#db);
    } catch (cause) {
      throw trouble(cause);
    }
  }

  /** All that `body` writes or, when it throws, nothing. Throws BudgetError. */
  transact<T>(body: () => T): T {
    try {
      this.#db.exec("BEGIN IMMEDIATE");
      const result = body();
      this.#db.exec("COMMIT");
      return result;
    } catch (cause) {
      if (this.#db.isOpen && this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw trouble(cause);
    }
  }

  totals({ scope, window }: Budget): Totals {
    const row = this.#statements.totals.get(scope, window);
    return { spent: Number(row?.spent ?? 0), reserved: Number(row?.reserved ?? 0) };
  }

  writeTotals({ scope, window }: Budget, limit: number, { spent, reserved }: Totals): void {
    this.#statements.writeTotals.run(scope, window, limit, reserved, spent);
  }

  isHeld(id: string): boolean {
    return this.#statements.hold.get(id) !== undefined;
  }

  /** An amount of 0 ends the hold. */
  writeHold(id: string, { scope, window }: Budget, amount: number, expiresAt: string): void {
    if (amount === 0) this.#statements.endHold.run(id);
    else this.#statements.writeHold.run(id, scope, window, amount, expiresAt);
  }

  /** Counts as spent what processes hold that are no more: whether it was used cannot be known any more. */
  settleExpired(now: string): void {
    this.#statements.settleExpired.run(now);
    this.#statements.endExpired.run(now);
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }
}

function prepare(db: DatabaseSync) {
  return {
    totals: db.prepare("SELECT spent, reserved FROM state_budgets WHERE scope = ? AND window = ?"),
    writeTotals: db.prepare(
      "INSERT INTO state_budgets (scope, window, limit_tokens, reserved, spent) VALUES (?, ?, ?, ?, ?) ON CONFLICT (scope, window) DO UPDATE SET limit_tokens = excluded.limit_tokens, reserved = excluded.reserved, spent = excluded.spent",
    ),
    hold: db.prepare("SELECT 1 FROM state_holds WHERE id = ?"),
    writeHold: db.prepare(
      "INSERT INTO state_holds (id, scope, window, amount, expires_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET amount = excluded.amount, expires_at = excluded.expires_at",
    ),
    endHold: db.prepare("DELETE FROM state_holds WHERE id = ?"),
    settleExpired: db.prepare(
      `UPDATE state_budgets SET reserved = reserved - held.amount, spent = min(spent + held.amount, ${Number.MAX_SAFE_INTEGER})
       FROM (SELECT scope, window, sum(amount) AS amount FROM state_holds WHERE expires_at <= ? GROUP BY scope, window) AS held
       WHERE state_budgets.scope = held.scope AND state_budgets.window = held.window`,
    ),
    endExpired: db.prepare("DELETE FROM state_holds WHERE expires_at <= ?"),
  };
}

function trouble(cause: unknown): BudgetError {
  return new BudgetError(
    "WB_BUDGET_LEDGER",
    `the ledger of token budgets cannot be used: ${cause instanceof Error ? cause.message : "unknown error"}`,
    {
      hint: "Look after state.sqlite in the data directory: room on the disk, permissions, another process that holds it. Calls with a budget are refused until then.",
      cause,
    },
  );
}
