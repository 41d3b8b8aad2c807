import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fc, test } from "@fast-check/vitest";
import { afterAll, beforeEach, expect, vi } from "vitest";
import type { Principal } from "../../access/principal.ts";
import type { Reservation } from "../parts.ts";
import { type OpenTokenBudgets, openTokenBudgets } from "./token-budgets.ts";

const base = mkdtempSync(join(tmpdir(), "budgets-model-"));
afterAll(() => rmSync(base, { recursive: true }));
// What is renewed in the background is a step of its own here.
beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));

const INSTALLATION_LIMIT = 150;
const LIMITS = [100, 60];
const principals = LIMITS.map(
  (tokensPerDay, at): Principal => ({
    id: `token:${at}`,
    name: "",
    kind: "token",
    roles: [],
    scopes: ["infer"],
    team: null,
    deployments: null,
    dataClass: "public",
    limits: { requestsPerMinute: null, tokensPerDay },
  }),
);

/** What happened to one reservation, as a person would write it down. */
interface Call {
  readonly process: OpenTokenBudgets;
  readonly scopes: readonly string[];
  readonly window: string;
  readonly tokens: number;
  readonly reservation: Reservation;
  used: number | null;
}

type Step = (world: World) => void;

/** The truth, beside the processes that work on one ledger. */
class World {
  readonly root = mkdtempSync(join(base, "data-"));
  readonly calls: Call[] = [];
  time = Date.parse("2026-11-21T10:00:00Z");
  processes: OpenTokenBudgets[];
  #db: DatabaseSync | undefined;

  constructor(processes: number) {
    this.processes = Array.from({ length: processes }, () => this.open());
  }

  get window(): string {
    return new Date(this.time).toISOString().slice(0, 10);
  }

  open(): OpenTokenBudgets {
    return openTokenBudgets(this.root, { installationTokensPerDay: INSTALLATION_LIMIT, now: () => new Date(this.time) });
  }

  process(at: number): OpenTokenBudgets {
    const process = this.processes[at % this.processes.length];
    if (process === undefined) throw new Error("no process");
    return process;
  }

  /** Settled tokens and those of calls under way: what is spent, if none of them uses more than it reserved. */
  total(scope: string, window: string): number {
    return this.of(scope, window).reduce((sum, { tokens, used }) => sum + (used ?? tokens), 0);
  }

  overrun(scope: string, window: string): number {
    return this.of(scope, window).reduce((sum, { tokens, used }) => sum + Math.max(0, (used ?? 0) - tokens), 0);
  }

  of(scope: string, window: string): Call[] {
    return this.calls.filter((call) => call.window === window && call.scopes.includes(scope));
  }

  rows(): readonly {
    readonly scope: string;
    readonly window: string;
    readonly limit: number;
    readonly spent: number;
    readonly reserved: number;
    readonly held: number;
  }[] {
    this.#db ??= new DatabaseSync(join(this.root, "state.sqlite"), { readOnly: true });
    const rows = this.#db
      .prepare(
        "SELECT *, (SELECT coalesce(sum(amount), 0) FROM state_holds h WHERE h.scope = b.scope AND h.window = b.window) AS held FROM state_budgets b",
      )
      .all();
    return rows.map((row) => ({
      scope: String(row.scope),
      window: String(row.window),
      limit: Number(row.limit_tokens),
      spent: Number(row.spent),
      reserved: Number(row.reserved),
      held: Number(row.held),
    }));
  }

  /** Yields whether it was granted. */
  reserve(process: number, who: number, tokens: number): boolean {
    const principal = principals[who];
    if (principal === undefined) throw new Error("no principal");
    const reservation = this.process(process).reserve(principal, tokens);
    if (reservation.kind === "spent") return false;
    const scopes = ["installation", `principal:${principal.id}`];
    this.calls.push({ process: this.process(process), scopes, window: this.window, tokens, reservation, used: null });
    return true;
  }

  /** What must hold at any moment, whoever was killed. */
  check(): void {
    for (const { scope, window, limit, spent, reserved, held } of this.rows()) {
      expect(this.total(scope, window), `granted and used of ${scope}`).toBeLessThanOrEqual(limit + this.overrun(scope, window));
      expect(reserved, `reserved of ${scope} is what is held`).toBe(held);
      expect(spent + reserved, `the ledger of ${scope}`).toBeLessThanOrEqual(limit + this.overrun(scope, window));
    }
  }
}

const process = fc.nat(1);
const settle: fc.Arbitrary<Step> = fc.tuple(fc.nat(30), fc.nat(70), fc.nat(3)).map(([which, used, more]) => (world) => {
  const open = world.calls.filter((call) => call.used === null && world.processes.includes(call.process));
  const call = open[which % Math.max(1, open.length)];
  if (call === undefined) return;
  // One call in four uses more than it reserved.
  call.used = more === 0 ? used : Math.min(used, call.tokens);
  call.reservation.settle(call.used);
});
const reserve: fc.Arbitrary<Step> = fc.tuple(process, fc.nat(1), fc.nat(50)).map(
  ([at, who, tokens]) =>
    (world) =>
      void world.reserve(at, who, tokens),
);
const renew: fc.Arbitrary<Step> = process.map((at) => (world) => world.process(at).renew());
const kill: fc.Arbitrary<Step> = process.map((at) => (world) => {
  world.processes = world.processes.with(at % world.processes.length, world.open());
});
const wait = (mostMs: number): fc.Arbitrary<Step> =>
  fc.nat(mostMs).map((ms) => (world) => {
    world.time += ms;
  });

const anything = fc.array(
  fc.oneof({ arbitrary: reserve, weight: 4 }, { arbitrary: settle, weight: 4 }, renew, kill, wait(15_000), wait(86_400_000)),
  {
    maxLength: 60,
  },
);

test.prop([anything], { numRuns: 80 })("whatever two processes do, and whenever they are killed, no more is granted than the limit", (steps) => {
  const world = new World(2);
  for (const step of steps) {
    step(world);
    world.check();
  }
  for (const budgets of world.processes) budgets.renew();
  world.time += 10_000;
  world.open().close();
  for (const { scope, window, spent, reserved } of world.rows())
    expect(spent + reserved, `what was used of ${scope} is in the ledger`).toBeGreaterThanOrEqual(world.total(scope, window));
});

const orderly = fc.array(fc.oneof({ arbitrary: reserve, weight: 3 }, { arbitrary: settle, weight: 3 }, renew, wait(2_000)), { maxLength: 50 });

test.prop([orderly], { numRuns: 50 })("the ledger ends with exactly what was used when no process is killed", (steps) => {
  const world = new World(2);
  for (const step of steps) {
    step(world);
    for (const budgets of world.processes) budgets.renew();
  }
  for (const call of world.calls) {
    call.used ??= call.tokens;
    call.reservation.settle(call.used);
  }
  for (const budgets of world.processes) budgets.close();
  for (const { scope, window, spent, reserved } of world.rows()) expect([scope, spent, reserved]).toEqual([scope, world.total(scope, window), 0]);
});

const alone = fc.array(
  fc.oneof(
    fc.tuple(fc.nat(1), fc.nat(70)).map(
      ([who, tokens]): Step =>
        (world) => {
          const scopes = [
            ["installation", INSTALLATION_LIMIT],
            [`principal:token:${who}`, LIMITS[who] ?? 0],
          ] as const;
          const fits = scopes.every(([scope, limit]) => tokens === 0 || world.total(scope, world.window) + tokens <= limit);
          expect(world.reserve(0, who, tokens)).toBe(fits);
        },
    ),
    settle,
    renew,
    wait(4_000),
    wait(86_400_000),
  ),
  { maxLength: 50 },
);

test.prop([alone], { numRuns: 80 })("one process alone grants whatever fits, and refuses the rest", (steps) => {
  const world = new World(1);
  for (const step of steps) {
    step(world);
    world.process(0).renew();
  }
});
