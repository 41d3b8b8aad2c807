import { z } from "@hono/zod-openapi";
import { Reason, Ticket } from "./artifact.ts";
import { Digest, Instant, Leaf, Outcome } from "./wire.ts";

/** A whole admission, as the command line shows one that it made itself. `examination` and `manifest` are null where they were erased. */
export const Admission = z
  .object({
    artifact: Digest,
    decision: z.object({ outcome: Outcome, reasons: z.array(Reason), context: Digest, policySet: Digest, evaluatedAt: Instant }),
    recorded: z.union([
      z.object({ kind: z.enum(["ticketed", "already-ticketed"]), ticket: Ticket }),
      z.object({ kind: z.enum(["recorded", "already-recorded"]), outcome: z.enum(["deny", "hold"]), index: z.int(), leaf: Leaf }),
      z.object({ kind: z.literal("standing-taken"), effect: z.enum(["revoke", "suspend"]) }),
    ]),
    manifest: z.unknown().meta({ description: "weighbridge.manifest/1: its canonical form has the artifact's digest." }),
    examination: z.unknown().meta({ description: "The predicate of the statement https://weighbridge.dev/examination/v1." }),
  })
  .openapi("Admission");
