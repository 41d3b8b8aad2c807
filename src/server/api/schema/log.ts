import { z } from "@hono/zod-openapi";
import { Instant, Leaf, pageOf } from "./wire.ts";

/** The log's latest signed note, and what verifies it. */
export const Checkpoint = z
  .object({ checkpoint: z.string(), size: z.int(), root: z.string(), origin: z.string(), logKey: z.string() })
  .openapi("Checkpoint");

export const LogEntrySummary = z
  .object({ index: z.int(), leaf: Leaf, kind: z.string(), subject: z.string(), at: Instant })
  .openapi("LogEntrySummary");
export const LogPage = pageOf(LogEntrySummary).extend({ size: z.int() }).openapi("LogPage");

/** An entry with all that shows that it is in the log: RFC 6962 hashes from the leaf to the root of `checkpoint`, base64. */
export const LogEntry = LogEntrySummary.extend({
  /** The bytes of the entry, base64: their RFC 6962 leaf hash is `leaf`. */
  entry: z.string(),
  statement: z.unknown(),
  keyId: z.string(),
  proof: z.array(z.string()),
  checkpoint: z.string(),
  logKey: z.string(),
}).openapi("LogEntry");
