import { describe, expect, it } from "vitest";
import type { Principal } from "../access/principal.ts";
import type { InferenceRequest } from "./inference-request.ts";
import type { TokenBudgets } from "./parts.ts";
import { reserve } from "./reserve.ts";

const somebody = {} as Principal; // these budgets are everybody's

function requestOf(changes: Partial<InferenceRequest>): InferenceRequest {
  const spans = { kind: "object", members: [], close: 0, written: 0 } as const;
  const rest = { bytes: Buffer.alloc(0), spans, model: "m", stream: false, wantsUsage: false, dropped: [] };
  return { ...rest, choices: 1, maxOutput: null, inputTokens: 100, ...changes };
}

/** So many tokens; null: as many as anybody wants. Remembers what was asked for. */
function budgetsOf(limit: number | null): { readonly budgets: TokenBudgets; readonly asked: number[]; readonly held: () => number } {
  const asked: number[] = [];
  let held = 0;
  const budgets: TokenBudgets = {
    reserve(_principal, tokens) {
      asked.push(tokens);
      if (limit !== null && held + tokens > limit) return { kind: "spent", scope: "principal", limit, resetsAt: "2026-11-22T00:00:00Z" };
      held += tokens;
      let isOpen = true;
      return {
        kind: "reserved",
        left: limit === null ? null : limit - held,
        settle: (used) => {
          if (isOpen) held += used - tokens;
          isOpen = false;
        },
      };
    },
  };
  return { budgets, asked, held: () => held };
}

describe("reserve", () => {
  it("tells the model server nothing where nothing limits", () => {
    expect(reserve(budgetsOf(null).budgets, somebody, requestOf({}))).toMatchObject({ maxOutput: null, tokens: 4196 });
    expect(reserve(budgetsOf(null).budgets, somebody, requestOf({ maxOutput: 50 }))).toMatchObject({ maxOutput: null, tokens: 150 });
  });

  it("sets an end where a budget counts and the client set none", () => {
    expect(reserve(budgetsOf(10_000).budgets, somebody, requestOf({}))).toMatchObject({ maxOutput: 4096, tokens: 4196 });
  });

  it("leaves the end that the client set, where the budget has that much", () => {
    expect(reserve(budgetsOf(10_000).budgets, somebody, requestOf({ maxOutput: 9000 }))).toMatchObject({ maxOutput: null, tokens: 9100 });
  });

  it("reserves for every choice", () => {
    expect(reserve(budgetsOf(10_000).budgets, somebody, requestOf({ maxOutput: 200, choices: 4 }))).toMatchObject({ tokens: 900 });
  });

  it("gives what is left when more was asked for, all of it and no more", () => {
    const { budgets, held } = budgetsOf(1000);
    expect(reserve(budgets, somebody, requestOf({ maxOutput: 2 ** 31 - 1 }))).toMatchObject({ maxOutput: 900, tokens: 1000 });
    expect(held()).toBe(1000);
  });

  it("divides what is left among the choices", () => {
    expect(reserve(budgetsOf(1000).budgets, somebody, requestOf({ choices: 3 }))).toMatchObject({ maxOutput: 300, tokens: 1000 });
  });

  it("refuses when not even a short answer is left, and holds nothing", () => {
    const { budgets, asked, held } = budgetsOf(150);
    expect(reserve(budgets, somebody, requestOf({}))).toMatchObject({
      code: "budget_spent",
      more: { scope: "principal", limit: 150, resets_at: "2026-11-22T00:00:00Z" },
    });
    expect({ asked, held: held() }).toEqual({ asked: [4196, 164], held: 0 });
  });

  it("serves a call that asks for a shorter answer than that", () => {
    expect(reserve(budgetsOf(101).budgets, somebody, requestOf({ maxOutput: 1 }))).toMatchObject({ maxOutput: null, tokens: 101 });
  });
});
