import { z } from "@hono/zod-openapi";
import { Pending } from "./artifact.ts";
import { LogEntrySummary } from "./log.ts";
import { Instant } from "./wire.ts";

/** What somebody who just signed in has to know. */
export const Overview = z
  .object({
    artifacts: z.int(),
    byDecision: z.object({ allow: z.int(), deny: z.int(), hold: z.int() }),
    byStanding: z.object({ good: z.int(), expired: z.int(), revoked: z.int(), suspended: z.int(), none: z.int() }),
    /** Tickets that end within 14 days. */
    expiring: z.int(),
    pending: z.object({ count: z.int(), oldest: Pending.nullable() }),
    deployments: z.object({ count: z.int(), served: z.int() }),
    calls: z.object({ lastHour: z.int(), refusedLastHour: z.int() }),
    /** `ok`: the newest entry is under the published checkpoint. */
    log: z.object({ size: z.int(), checkpointAt: Instant.nullable(), health: z.enum(["ok", "damaged"]), detail: z.string() }),
    latest: z.array(LogEntrySummary),
  })
  .openapi("Overview");

/** What `GET /api/v1/events` sends as data; the event's id resumes. */
export const LiveEvent = z
  .union([
    z.object({ kind: z.literal("log"), size: z.int() }),
    z.object({ kind: z.literal("call"), seq: z.int() }),
    z.object({ kind: z.literal("job"), id: z.string() }),
  ])
  .openapi("LiveEvent");
