import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Principal } from "../../access/principal.ts";
import type { Reservation } from "../parts.ts";
import { type BudgetOptions, type OpenTokenBudgets, openTokenBudgets } from "./token-budgets.ts";

const base = mkdtempSync(join(tmpdir(), "budgets-"));
afterAll(() => rmSync(base, { recursive: true }));
// What is renewed in the background is renewed by hand here.
beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));

const TODAY = "2026-11-21";
const ann = principal("token:ann");

function principal(id: string, tokensPerDay: number | null = null): Principal {
  return {
    id,
    name: id,
    kind: "token",
    roles: [],
    scopes: ["infer"],
    team: null,
    deployments: null,
    dataClass: "public",
    limits: { requestsPerMinute: null, tokensPerDay },
  };
}

/** A data directory, a clock, and processes on them. */
function world(limits: Omit<BudgetOptions, "now"> = {}) {
  const root = mkdtempSync(join(base, "data-"));
  let time = Date.parse(`${TODAY}T10:00:00Z`);
  const open = (): OpenTokenBudgets => openTokenBudgets(root, { ...limits, now: () => new Date(time) });
  const rows = (sql: string) => {
    const db = new DatabaseSync(join(root, "state.sqlite"), { readOnly: true });
    try {
      return db.prepare(sql).all();
    } finally {
      db.close();
    }
  };
  return {
    open,
    wait: (ms: number) => {
      time += ms;
    },
    /** `scope window: spent + reserved` of each budget. */
    ledger: () =>
      rows("SELECT * FROM state_budgets ORDER BY window, scope").map((row) => `${row.scope} ${row.window}: ${row.spent} + ${row.reserved}`),
    holds: () => rows("SELECT scope, amount FROM state_holds ORDER BY scope, amount").map((row) => `${row.scope}: ${row.amount}`),
  };
}

function reserved(budgets: OpenTokenBudgets, tokens: number, who = ann): Reservation {
  const reservation = budgets.reserve(who, tokens);
  if (reservation.kind === "spent") throw new Error(`refused by ${reservation.scope}`);
  return reservation;
}

describe("a budget", () => {
  it("is used up to its last token, and counts again from midnight UTC", () => {
    const { open, wait } = world({ tokensPerDay: 100 });
    const budgets = open();
    reserved(budgets, 60).settle(60);
    reserved(budgets, 40);
    expect(budgets.reserve(ann, 1)).toEqual({ kind: "spent", scope: "principal", limit: 100, resetsAt: "2026-11-22T00:00:00.000Z" });
    wait(14 * 3_600_000 - 1);
    expect(budgets.reserve(ann, 1).kind).toBe("spent");
    wait(1);
    expect(budgets.reserve(ann, 100).kind).toBe("reserved");
  });

  it("gets back what was reserved and not used", () => {
    const budgets = world({ tokensPerDay: 100 }).open();
    const first = reserved(budgets, 100);
    expect(budgets.reserve(ann, 1).kind).toBe("spent");
    first.settle(30);
    expect(budgets.reserve(ann, 71).kind).toBe("spent");
    reserved(budgets, 70);
  });

  it("says how much is left", () => {
    const budgets = world({ tokensPerDay: 1_000, installationTokensPerDay: 500 }).open();
    expect(reserved(budgets, 100).left).toBe(400);
    reserved(budgets, 300).settle(50);
    expect(reserved(budgets, 0).left).toBe(350);
  });

  it("of the principal comes before the default", () => {
    const budgets = world({ tokensPerDay: 100 }).open();
    expect(budgets.reserve(principal("token:small", 10), 11)).toMatchObject({ kind: "spent", scope: "principal", limit: 10 });
    reserved(budgets, 1_000, principal("token:large", 1_000));
    expect(budgets.reserve(principal("token:none", 0), 1)).toMatchObject({ kind: "spent", limit: 0 });
  });

  it("of each principal is its own; that of the installation is of all", () => {
    const budgets = world({ tokensPerDay: 100, installationTokensPerDay: 150 }).open();
    reserved(budgets, 100);
    expect(budgets.reserve(ann, 1)).toMatchObject({ scope: "principal", limit: 100 });
    expect(budgets.reserve(principal("token:bob"), 51)).toMatchObject({ scope: "installation", limit: 150 });
    reserved(budgets, 50, principal("token:bob"));
  });

  it("that refuses takes nothing from the other", () => {
    const { open, ledger } = world({ tokensPerDay: 10, installationTokensPerDay: 1_000 });
    const budgets = open();
    expect(budgets.reserve(ann, 11).kind).toBe("spent");
    budgets.renew();
    expect(ledger()).toEqual([`installation ${TODAY}: 0 + 0`, `principal:token:ann ${TODAY}: 0 + 0`]);
  });

  it("that is not set limits nothing and keeps no account", () => {
    const { open, ledger } = world();
    const budgets = open();
    const reservation = reserved(budgets, 1e15);
    expect(reservation.left).toBeNull();
    reservation.settle(1e15);
    budgets.renew();
    expect(ledger()).toEqual([]);
  });

  it("that is changed counts at once", () => {
    const budgets = world().open();
    reserved(budgets, 50, principal("token:ann", 10_000)).settle(50);
    expect(budgets.reserve(principal("token:ann", 60), 11)).toMatchObject({ kind: "spent", limit: 60 });
    reserved(budgets, 10, principal("token:ann", 60));
    expect(budgets.reserve(principal("token:ann", 40), 1).kind).toBe("spent");
    reserved(budgets, 940, principal("token:ann", 1_000));
    expect(budgets.reserve(principal("token:ann", 1_000), 1).kind).toBe("spent");
  });
});

describe("settling", () => {
  it("a second time changes nothing", () => {
    const { open, ledger } = world({ tokensPerDay: 100 });
    const budgets = open();
    const reservation = reserved(budgets, 50);
    for (const used of [20, 20, 100]) reservation.settle(used);
    budgets.close();
    expect(ledger()).toEqual([`principal:token:ann ${TODAY}: 20 + 0`]);
  });

  it("counts on the day on which it was reserved", () => {
    const { open, wait, ledger } = world({ tokensPerDay: 100 });
    const budgets = open();
    const reservation = reserved(budgets, 100);
    wait(24 * 3_600_000);
    reserved(budgets, 100).settle(10);
    budgets.renew();
    reservation.settle(80);
    budgets.close();
    expect(ledger()).toEqual([`principal:token:ann ${TODAY}: 80 + 0`, "principal:token:ann 2026-11-22: 10 + 0"]);
  });

  it("more than was reserved is recorded, and the next reservation is refused", () => {
    const { open, ledger } = world({ tokensPerDay: 100 });
    const budgets = open();
    reserved(budgets, 50).settle(120);
    expect(budgets.reserve(ann, 1).kind).toBe("spent");
    expect(reserved(budgets, 0).left).toBe(0);
    budgets.renew();
    expect(ledger()).toEqual([`principal:token:ann ${TODAY}: 120 + 0`]);
    expect(budgets.reserve(ann, 1).kind).toBe("spent");
  });

  it("what no model can have used spends the budget and breaks nothing", () => {
    const { open, ledger } = world({ tokensPerDay: 100 });
    const budgets = open();
    for (const used of [Number.MAX_SAFE_INTEGER, 1e300, Number.POSITIVE_INFINITY]) reserved(budgets, 0).settle(used);
    budgets.renew();
    reserved(budgets, 0).settle(1e300);
    budgets.close();
    expect(ledger()).toEqual([`principal:token:ann ${TODAY}: ${Number.MAX_SAFE_INTEGER} + 0`]);
    expect(open().reserve(ann, 1).kind).toBe("spent");
  });

  it("what is no number is an error, and leaves the reservation as it is", () => {
    const { open, ledger } = world({ tokensPerDay: 100 });
    const budgets = open();
    const reservation = reserved(budgets, 50);
    for (const used of [Number.NaN, -1]) {
      expect(() => reservation.settle(used)).toThrow(RangeError);
      expect(() => budgets.reserve(ann, used)).toThrow(RangeError);
    }
    reservation.settle(7);
    budgets.close();
    expect(ledger()).toEqual([`principal:token:ann ${TODAY}: 7 + 0`]);
  });
});

describe("a lease", () => {
  it("is a fiftieth of the budget, or what was asked for where that is more", () => {
    const { open, holds } = world({ tokensPerDay: 1_000 });
    const budgets = open();
    reserved(budgets, 5);
    expect(holds()).toEqual(["principal:token:ann: 20"]);
    reserved(budgets, 300);
    expect(holds()).toEqual(["principal:token:ann: 305"]);
  });

  it("is filled up by renewal while it is used, and given back when it is not", () => {
    const { open, holds, ledger } = world({ tokensPerDay: 1_000 });
    const budgets = open();
    reserved(budgets, 5).settle(5);
    budgets.renew();
    expect([holds(), ledger()]).toEqual([["principal:token:ann: 20"], [`principal:token:ann ${TODAY}: 5 + 20`]]);
    budgets.renew();
    expect([holds(), ledger()]).toEqual([[], [`principal:token:ann ${TODAY}: 5 + 0`]]);
  });

  it("keeps what a call under way reserved, for as long as it takes", () => {
    const { open, wait, ledger } = world({ tokensPerDay: 1_000 });
    const [one, other] = [open(), open()];
    const reservation = reserved(one, 400);
    for (let i = 0; i < 20; i++) {
      wait(9_000);
      one.renew();
      other.renew();
    }
    expect(ledger()).toEqual([`principal:token:ann ${TODAY}: 0 + 420`]);
    reservation.settle(100);
    one.close();
    expect(ledger()).toEqual([`principal:token:ann ${TODAY}: 100 + 0`]);
  });

  it("of a process that ended counts as spent after ten seconds", () => {
    const { open, wait, ledger, holds } = world({ tokensPerDay: 1_000 });
    const [killed, other] = [open(), open()];
    reserved(killed, 400).settle(1);
    wait(9_999);
    other.renew();
    expect(ledger()).toEqual([`principal:token:ann ${TODAY}: 0 + 400`]);
    wait(1);
    other.renew();
    expect([ledger(), holds()]).toEqual([[`principal:token:ann ${TODAY}: 400 + 0`], []]);
  });

  it("is settled by the next start, too", () => {
    const { open, wait, ledger } = world({ tokensPerDay: 1_000 });
    reserved(open(), 400);
    wait(3_600_000);
    open();
    expect(ledger()).toEqual([`principal:token:ann ${TODAY}: 400 + 0`]);
  });

  it("that was settled while its process stood still is not settled twice", () => {
    const { open, wait, ledger, holds } = world({ tokensPerDay: 1_000 });
    const [slow, other] = [open(), open()];
    const [first, second, third] = [reserved(slow, 300), reserved(slow, 100), reserved(slow, 50)];
    first.settle(10);
    wait(60_000);
    other.renew();
    expect(ledger()).toEqual([`principal:token:ann ${TODAY}: 450 + 0`]);
    slow.renew();
    second.settle(90);
    third.settle(57);
    reserved(slow, 30).settle(25);
    slow.close();
    // 450 that the other one settled, 7 that the third call used beyond what it had reserved, and what came after.
    expect([ledger(), holds()]).toEqual([[`principal:token:ann ${TODAY}: ${450 + 7 + 25} + 0`], []]);
  });

  it("that was settled while its process stood still does not swallow what was used beyond it", () => {
    const { open, wait, ledger } = world({ tokensPerDay: 1_000 });
    const [slow, other] = [open(), open()];
    const reservation = reserved(slow, 50);
    wait(60_000);
    other.renew();
    reservation.settle(70);
    expect(ledger()).toEqual([`principal:token:ann ${TODAY}: 70 + 20`]);
  });

  it("that a process cannot renew grants nothing further, until the ledger is back", () => {
    const { open, wait } = world({ tokensPerDay: 1_000 });
    const budgets = open();
    reserved(budgets, 5).settle(5);
    const fails = vi.spyOn(DatabaseSync.prototype, "exec").mockImplementation(() => {
      throw new Error("disk I/O error");
    });
    expect(() => budgets.renew()).toThrow(expect.objectContaining({ code: "WB_BUDGET_LEDGER" }));
    expect(() => budgets.reserve(ann, 1)).toThrow(
      expect.objectContaining({ code: "WB_BUDGET_LEDGER", message: expect.stringContaining("disk I/O error") }),
    );
    fails.mockRestore();
    wait(1_000);
    expect(reserved(budgets, 1).left).toBe(994);
  });
});

describe("two processes", () => {
  it("know of each other's overruns before they grant anything", () => {
    const { open } = world({ tokensPerDay: 1_000 });
    const [one, other] = [open(), open()];
    reserved(one, 100).settle(985);
    expect(other.reserve(ann, 16).kind).toBe("spent");
  });

  it("never grant more than the limit together", () => {
    const { open } = world({ tokensPerDay: 1_000 });
    const processes = [open(), open()];
    let granted = 0;
    for (let refused = 0; refused < 2; ) {
      refused = 0;
      for (const budgets of processes)
        if (budgets.reserve(ann, 7).kind === "reserved") granted += 7;
        else refused++;
    }
    // All but what does not make another seven, and what lies free with the other one.
    expect(granted).toBeGreaterThan(1_000 - 7 - 20);
    expect(granted).toBeLessThanOrEqual(1_000);
  });

  it("leave each other what they do not use", () => {
    const { open } = world({ tokensPerDay: 1_000 });
    const [one, other] = [open(), open()];
    reserved(one, 900).settle(0);
    expect(other.reserve(ann, 500).kind).toBe("spent");
    one.renew();
    expect(other.reserve(ann, 980).kind).toBe("reserved");
  });
});

it("asks the ledger once for many calls", () => {
  const { open } = world({ tokensPerDay: 1_000_000, installationTokensPerDay: 10_000_000 });
  const budgets = open();
  reserved(budgets, 100).settle(100);
  const asked = vi.spyOn(DatabaseSync.prototype, "exec");
  for (let i = 0; i < 100; i++) reserved(budgets, 150).settle(150);
  expect(asked).not.toHaveBeenCalled();
  asked.mockRestore();
});
