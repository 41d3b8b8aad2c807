import type { Principal } from "../access/principal.ts";
import type { InferenceRequest } from "./inference-request.ts";
import type { Reservation, TokenBudgets } from "./parts.ts";
import { type Refusal, refusal } from "./refusal.ts";

export interface Reserved {
  readonly reservation: Reservation;
  readonly tokens: number;
  /** What the model server is told as the most of each choice; null: what the client said holds. */
  readonly maxOutput: number | null;
}

/** Where a budget counts and the client set no end, an answer may be this long. */
const DEFAULT_OUTPUT = 4096;
/** An answer shorter than this is not worth beginning. */
const LEAST_OUTPUT = 64;

/**
 * Reserves what a call may use. Where the budget has less than was asked for, the answer may be half as long, a quarter, and so on: what is left can be
 * used up, and a client that always asks for the most is served as long as there is something.
 */
export function reserve(budgets: TokenBudgets, principal: Principal, request: InferenceRequest): Reserved | Refusal {
  const { inputTokens, choices } = request;
  const asked = request.maxOutput ?? DEFAULT_OUTPUT;
  for (let output = asked; ; output = Math.floor(output / 2)) {
    const tokens = inputTokens + output * choices;
    const reservation = budgets.reserve(principal, tokens);
    if (reservation.kind === "reserved") {
      const holds = reservation.left === null || output === request.maxOutput;
      return { reservation, tokens, maxOutput: holds ? null : output };
    }
    if (output / 2 < LEAST_OUTPUT) {
      const { scope, limit, resetsAt } = reservation;
      const whose = scope === "principal" ? "this token" : "this installation";
      return refusal(
        "budget_spent",
        `the ${limit} tokens that ${whose} may use in a day are spent, or too few are left; they are back at ${resetsAt}`,
        {
          more: { scope, limit, resets_at: resetsAt },
        },
      );
    }
  }
}
