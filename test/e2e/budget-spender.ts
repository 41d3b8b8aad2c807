import { once } from "node:events";
import { writeSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import type { Principal } from "../../src/access/principal.ts";
import { openTokenBudgets } from "../../src/gateway/budgets/index.ts";

// A process that spends a budget until it is refused, or killed: what budget-crash.test.ts starts. It says that it is there, waits for a word on stdin, and says on
// stdout what it used, call by call.
const [root = "", limit = "", tokens = ""] = process.argv.slice(2);
const principal: Principal = {
  id: "token:spender",
  name: "spender",
  kind: "token",
  roles: [],
  scopes: ["infer"],
  team: null,
  deployments: null,
  dataClass: "public",
  limits: { requestsPerMinute: null, tokensPerDay: Number(limit) },
};
const budgets = openTokenBudgets(root, { now: () => new Date("2026-11-21T10:00:00Z") });
writeSync(1, "0\n");
await once(process.stdin, "data");
process.stdin.destroy();
for (let i = 0; ; i++) {
  const reservation = budgets.reserve(principal, Number(tokens));
  if (reservation.kind === "spent") break;
  const used = 1 + (i % Number(tokens));
  reservation.settle(used);
  writeSync(1, `${used}\n`);
  if (i % 50 === 0) budgets.renew();
  if (i % 10 === 0) await setImmediate();
}
budgets.close();
