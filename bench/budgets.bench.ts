import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Principal } from "../src/access/principal.ts";
import { openTokenBudgets } from "../src/gateway/budgets/index.ts";
import { openState } from "../src/state/database.ts";
import { figure, line, scratch } from "./measure.ts";

// What does a budget cost a request? Against two durable transactions, to reserve and to settle, and a bare one of the kind that takes a lease.
const CALLS = 200_000;
const LEASES = 3_000;
const DURABLE = 500;
const TOKENS = 1_000;

const root = await scratch();
const state = openState(root);
const principal: Principal = {
  id: "token:bench",
  name: "bench",
  kind: "token",
  roles: [],
  scopes: ["infer"],
  team: null,
  deployments: null,
  dataClass: "public",
  limits: { requestsPerMinute: null, tokensPerDay: 1e12 },
};
const budgets = openTokenBudgets(root, { installationTokensPerDay: 1e13, now: () => new Date() });

function reserve(tokens: number): { settle(tokens: number): void } {
  const reservation = budgets.reserve(principal, tokens);
  if (reservation.kind === "spent") throw new Error("the budget is too small for this benchmark");
  return reservation;
}

/** µs of each. */
function times(count: number, work: () => void): number[] {
  const all = Array.from({ length: count }, () => {
    const started = performance.now();
    work();
    return (performance.now() - started) * 1000;
  });
  return all.sort((a, b) => a - b);
}

function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.floor(q * (sorted.length - 1))] ?? Number.NaN;
}

const onLease = () => reserve(TOKENS).settle(TOKENS - 1);
times(CALLS / 10, onLease);
const leased = times(CALLS, onLease);
// An overrun is told at once: the same transaction as to take a lease, for both scopes.
const taking = times(LEASES, () => reserve(0).settle(3e11));

const durable = new DatabaseSync(join(root, "state.sqlite"));
durable.exec("PRAGMA synchronous = FULL");
const update = durable.prepare("UPDATE state_budgets SET spent = spent + 1");
const each = times(DURABLE, () => {
  for (let i = 0; i < 2; i++) {
    durable.exec("BEGIN IMMEDIATE");
    update.run();
    durable.exec("COMMIT");
  }
});
durable.close();
budgets.close();
state.close();

line("reserve and settle, p50", quantile(leased, 0.5), "µs", "two durable transactions", quantile(each, 0.5), "≤ 0.05");
line("reserve and settle, p99", quantile(leased, 0.99), "µs", "two durable transactions", quantile(each, 0.99), "≤ 0.05");
figure("to take a lease, p50", quantile(taking, 0.5), "µs", "≤ 200");
figure("to take a lease, p99", quantile(taking, 0.99), "µs", "≤ 10000");
