import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, expect, it } from "vitest";
import { openTokenBudgets } from "../../src/gateway/budgets/index.ts";
import { randomFrom } from "../fuzz/target.ts";

const base = mkdtempSync(join(tmpdir(), "budget-crash-"));
afterAll(() => rmSync(base, { recursive: true }));

const LIMIT = 200_000;
const TOKENS = 9;

/** A running spender, and what it has used so far. */
function start(root: string): { readonly process: ChildProcess; readonly used: () => number } {
  const file = join(import.meta.dirname, "budget-spender.ts");
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", file, root, String(LIMIT), String(TOKENS)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  return {
    process: child,
    used: () =>
      said
        .split("\n")
        .slice(0, -1)
        .map(Number)
        .reduce((sum, used) => sum + used, 0),
  };
}

function totals(root: string): { readonly spent: number; readonly reserved: number } {
  const db = new DatabaseSync(join(root, "state.sqlite"), { readOnly: true });
  const row = db.prepare("SELECT spent, reserved FROM state_budgets").get();
  db.close();
  return { spent: Number(row?.spent), reserved: Number(row?.reserved) };
}

it("three processes, of which two are killed, spend a budget once", async () => {
  const seed = Date.now() & 0x7fffffff;
  const random = randomFrom(seed);
  const root = mkdtempSync(join(base, "data-"));
  const spenders = [start(root), start(root), start(root)];
  const ended = spenders.map(({ process }) => once(process, "close"));
  await Promise.all(spenders.map(({ process }) => once(process.stdout ?? process, "data")));
  for (const { process } of spenders) process.stdin?.write("go\n");
  for (const { process } of spenders.slice(0, 2)) {
    await wait(random.below(60));
    process.kill("SIGKILL");
  }
  await Promise.all(ended);
  expect(spenders.map(({ process }) => process.signalCode ?? process.exitCode)).toEqual(["SIGKILL", "SIGKILL", 0]);
  const used = spenders.reduce((sum, spender) => sum + spender.used(), 0);
  const leased = totals(root).reserved;

  // Ten seconds later, somebody counts what the killed ones held.
  openTokenBudgets(root, { now: () => new Date("2026-11-21T10:00:10Z") }).close();
  const { spent, reserved } = totals(root);
  expect(reserved, `seed ${seed}`).toBe(0);
  expect(spent, `seed ${seed}`).toBeLessThanOrEqual(LIMIT);
  expect(used, `seed ${seed}: all that was used is in the ledger`).toBeLessThanOrEqual(spent);
  expect(spent, `seed ${seed}: all but what does not make another call was given out`).toBeGreaterThan(LIMIT - TOKENS);
  expect(spent - used, `seed ${seed}: too much was counted for the leases of the killed ones alone`).toBeLessThanOrEqual(leased);
});
