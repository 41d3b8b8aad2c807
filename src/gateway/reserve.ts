import type { Principal } from "../access/principal.ts";
import type { InferenceRequest } from "./inference-request.ts";
import type { BudgetSpent, Reservation, TokenBudgets } from "./parts.ts";
import { type Refusal, refusal } from "./refusal.ts";

export interface Reserved {
  readonly reservation: Reservation;
  readonly tokens: number;
  /** What the model server is told as the most of each choice; null: what the client said holds. */
  readonly maxOutput: number | null;
}

/** Where a budget counts and the client set no end, an answer may be this long. */
const DEFAULT_OUTPUT = 4096;
/** An answer shorter than this is not worth beginning, unless it was asked for. */
const LEAST_OUTPUT = 64;

/**
 * Reserves what a call may use. Where the budget has less than was asked for, the answer may be as long as what is left: a client that always asks for the
 * most is served as long as there is something.
 */
export function reserve(budgets: TokenBudgets, principal: Principal, request: InferenceRequest): Reserved | Refusal {
  const asked = request.maxOutput ?? DEFAULT_OUTPUT;
  const least = Math.min(asked, LEAST_OUTPUT);
  const attempt = (output: number) => attempted(budgets, principal, request, output);
  const full = attempt(asked);
  if (full.kind === "reserved") return full;
  const short = attempt(least);
  if (short.kind === "spent") return spent(short);
  const more = Math.floor((short.reservation.left ?? 0) / request.choices);
  if (more === 0) return short;
  short.reservation.settle(0);
  const rest = attempt(Math.min(asked, least + more));
  if (rest.kind === "reserved") return rest;
  const again = attempt(least); // another process was faster
  return again.kind === "reserved" ? again : spent(again);
}

type Attempt = (Reserved & { readonly kind: "reserved" }) | BudgetSpent;

function attempted(
  budgets: TokenBudgets,
  principal: Principal,
  { inputTokens, choices, maxOutput: asked }: InferenceRequest,
  output: number,
): Attempt {
  const tokens = inputTokens + output * choices;
  const reservation = budgets.reserve(principal, tokens);
  if (reservation.kind === "spent") return reservation;
  const holds = reservation.left === null || output === asked;
  return { kind: "reserved", reservation, tokens, maxOutput: holds ? null : output };
}

function spent({ scope, limit, resetsAt }: BudgetSpent): Refusal {
  const whose = scope === "principal" ? "this token" : "this installation";
  return refusal("budget_spent", `of the ${limit} tokens that ${whose} may use in a day, too few are left; they are back at ${resetsAt}`, {
    more: { scope, limit, resets_at: resetsAt },
  });
}
