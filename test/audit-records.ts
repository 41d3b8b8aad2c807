import type { ActRecord, CallRecord } from "../src/audit/record.ts";

/** A call that was answered. */
export function callRecord(request: string, more: Partial<CallRecord> = {}): CallRecord {
  return {
    kind: "call",
    at: "2026-11-21T09:30:00.000Z",
    request,
    principal: "token:k3v9",
    team: "forecasts",
    deployment: "5f".repeat(32),
    artifact: `sha256:${"c4".repeat(32)}`,
    level: "declared",
    surface: "chat.completions",
    dataClass: "internal",
    decision: "9a0b1c2d3e4f5061",
    outcome: "allowed",
    code: null,
    status: 200,
    streamed: true,
    inputTokens: 41,
    outputTokens: 977,
    usage: "upstream",
    durationMs: 8123.25,
    ...more,
  };
}

/** Something that an administrator did. */
export function actRecord(request: string, more: Partial<ActRecord> = {}): ActRecord {
  return {
    kind: "act",
    at: "2026-11-21T09:31:00.000Z",
    request,
    principal: "local:ann",
    act: "token.create",
    subject: "k3v9",
    outcome: "done",
    code: null,
    ...more,
  };
}
