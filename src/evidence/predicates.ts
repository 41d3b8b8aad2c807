import { z } from "zod";
import { isDigest } from "../digest.ts";
import type { Json } from "../json.ts";
import { MAX_ID_LENGTH, parseAdmission } from "./admission.ts";
import { isInstant, type Read, reading } from "./fields.ts";
import { PREDICATE } from "./predicate-types.ts";
import { trustIn } from "./trust.ts";

const digest = z.custom<`sha256:${string}`>((value) => typeof value === "string" && isDigest(value), "no sha256: digest");
const instant = z.string().refine(isInstant, "no time like 2026-01-02T03:04:05.678Z");
const id = z.string().min(1).max(MAX_ID_LENGTH);

/** Someone with a role accepts one policy's objection to one artifact, for exactly the evidence in `context`. */
const approval = z.strictObject({ policy: id, context: digest, role: id, at: instant, expires: instant, reason: digest, principal: digest });

/** Standing is taken from an artifact, or given back. The subject is the artifact, so that all its tickets are meant. */
const revocation = z.strictObject({ effect: z.enum(["revoke", "suspend", "reinstate"]), at: instant, reason: digest, principal: digest });

/** From now on decisions are made by this set. The subject is its digest. */
const policySet = z.strictObject({ at: instant, principal: digest });

/** A name for an artifact, salted; the latest entry for a name counts. */
const alias = z.strictObject({ alias: digest, at: instant, principal: digest });

export type Approval = z.infer<typeof approval>;
export type Revocation = z.infer<typeof revocation>;
export type PolicySetChange = z.infer<typeof policySet>;
export type Alias = z.infer<typeof alias>;

/** Readers of all predicates that an entry of the log may have, by kind. Each yields `parsed` or says why not. */
export const readPredicate = {
  admission: parseAdmission,
  approval: by(approval),
  revocation: by(revocation),
  policySet: by(policySet),
  alias: by(alias),
  genesis: (value: Json) => reading(() => trustIn(value)),
  rotation: (value: Json) => reading(() => trustIn(value)),
} as const;

export type EntryKind = keyof typeof readPredicate;

/** Which kind of entry a predicate type stands for, or null. */
export function entryKindOf(predicateType: string): EntryKind | null {
  const kinds = Object.keys(readPredicate) as EntryKind[]; // the literal above has no other keys
  return kinds.find((kind) => PREDICATE[kind] === predicateType) ?? null;
}

function by<T>(schema: z.ZodType<T>): (value: Json) => Read<T> {
  return (value) => {
    const read = schema.safeParse(value);
    if (read.success) return { kind: "parsed", value: read.data };
    const issue = read.error.issues[0];
    return { kind: "broken", why: `${issue?.path.join(".") || "the predicate"}: ${issue?.message ?? "not of its form"}` };
  };
}
