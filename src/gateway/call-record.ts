import type { CallRecord } from "../audit/record.ts";
import type { Call } from "./call.ts";
import { CLIENT_ERRORS } from "./client-errors.ts";
import type { Refusal } from "./refusal.ts";
import type { Usage } from "./usage.ts";

/** How a call ended. */
export type Ending = Pick<CallRecord, "outcome" | "status" | "code">;

/** The audit record of a call that has ended. */
export function callRecord(call: Call, ending: Ending & Pick<CallRecord, "at" | "durationMs">, usage: Usage | null): CallRecord {
  const { id, principal, deployment, decision, surface, dataClass, streamed } = call;
  const { at, outcome, code, status, durationMs } = ending;
  return {
    kind: "call",
    at,
    request: id,
    principal: principal.id,
    team: principal.team,
    deployment: deployment?.id ?? null,
    artifact: deployment?.artifact ?? null,
    level: deployment?.level ?? null,
    surface,
    dataClass,
    decision: decision?.id ?? null,
    outcome,
    code,
    status,
    streamed,
    inputTokens: usage?.input ?? null,
    outputTokens: usage?.output ?? null,
    usage: usage?.source ?? null,
    durationMs,
  };
}

/** What the record calls a call that ended with an error. */
export function outcomeOf({ code, origin }: Refusal): CallRecord["outcome"] {
  if (code === "rate_limited" || code === "budget_spent") return "limited";
  return origin === "upstream" || CLIENT_ERRORS[code].status >= 500 ? "failed" : "refused";
}

/** What the record says where a client went before it was answered; nginx began it. */
export const CLIENT_GONE = 499;
