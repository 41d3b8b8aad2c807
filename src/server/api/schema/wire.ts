import { z } from "@hono/zod-openapi";
import { DATA_CLASSES, ROLES, SCOPES } from "../../../access/principal.ts";
import { SEVERITIES } from "../../../finding.ts";

/** Words that all parts of the API share. The console is checked against these files without the types of Node: nothing here may need them. */
export const Digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/)
  .meta({ example: `sha256:${"0".repeat(64)}` });
export const Leaf = z.string().regex(/^[0-9a-f]{64}$/);
export const Instant = z.iso.datetime({ precision: 3 });
export const Outcome = z.enum(["allow", "deny", "hold"]);
export const Standing = z.enum(["good", "expired", "revoked", "suspended", "unknown", "stale"]);
export const Severity = z.enum(SEVERITIES);
export const Role = z.enum(ROLES);
export const Scope = z.enum(SCOPES);
export const DataClass = z.enum(DATA_CLASSES);
export const Level = z.enum(["declared", "behavioural", "measured-start"]);

/** A text that may have been erased: null then. */
export const Erasable = z.string().nullable();

/** A reason that a person gives, kept where it can be erased. */
export const ReasonGiven = z.string().trim().min(1).max(4000);

/** RFC 9457, with the code and the hint that the command line prints. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    code: z.string(),
    hint: z.string(),
  })
  .openapi("Problem");

/** Where a page ends and the next begins; opaque. */
export const PageQuery = z.object({
  cursor: z.string().max(400).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}
