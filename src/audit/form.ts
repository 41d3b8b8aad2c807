import { z } from "zod";
import { DATA_CLASSES } from "../access/principal.ts";
import { AuditError } from "./errors.ts";
import type { ActRecord, AuditRecord, CallRecord } from "./record.ts";

/** Lone surrogates have no UTF-8 form, so two different texts would be written alike. */
const text = z.string().refine((value) => value.isWellFormed());
const count = z.int().nonnegative();

const CALL = z.strictObject({
  kind: z.literal("call"),
  at: z.iso.datetime(),
  request: text,
  principal: text,
  team: text.nullable(),
  deployment: text.nullable(),
  artifact: text.nullable(),
  level: z.enum(["declared", "behavioural", "measured-start"]).nullable(),
  surface: z.enum(["chat.completions", "embeddings", "models"]),
  dataClass: z.enum(DATA_CLASSES),
  decision: text.nullable(),
  outcome: z.enum(["allowed", "refused", "limited", "failed", "abandoned"]),
  code: text.nullable(),
  status: count,
  streamed: z.boolean(),
  inputTokens: count.nullable(),
  outputTokens: count.nullable(),
  usage: z.enum(["upstream", "counted"]).nullable(),
  durationMs: z.number().nonnegative(),
}) satisfies z.ZodType<CallRecord>;

const ACT = z.strictObject({
  kind: z.literal("act"),
  at: z.iso.datetime(),
  request: text.nullable(),
  principal: text,
  act: text,
  subject: text.nullable(),
  outcome: z.enum(["done", "refused", "failed"]),
  code: text.nullable(),
}) satisfies z.ZodType<ActRecord>;

const RECORD = z.discriminatedUnion("kind", [CALL, ACT]) satisfies z.ZodType<AuditRecord>;

/** Members of each kind's line, as RFC 8785 sorts them. */
export const MEMBERS: Readonly<Record<AuditRecord["kind"], string[]>> = { call: membersOf(CALL), act: membersOf(ACT) };

function membersOf(schema: typeof CALL | typeof ACT): string[] {
  return [...Object.keys(schema.shape), "seq", "prev"].sort();
}

/** The record as it may be written; what came may be changed afterwards. Throws AuditError WB_AUDIT_RECORD. */
export function recordOf(value: unknown): AuditRecord {
  const parsed = RECORD.safeParse(value);
  if (parsed.success) return parsed.data;
  throw notARecord(
    `an audit record is not of its form: ${parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ")}`,
  );
}

/** Undefined when it is not a record of this version. */
export function knownRecord(value: unknown): AuditRecord | undefined {
  return RECORD.safeParse(value).data;
}

export function notARecord(message: string): AuditError {
  return new AuditError("WB_AUDIT_RECORD", message, { hint: "This is a bug; please report it. What was to be recorded did not happen." });
}
