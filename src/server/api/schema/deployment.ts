import { z } from "@hono/zod-openapi";
import { DataClass, Digest, Erasable, Instant, Leaf, Level, pageOf, ReasonGiven, Standing } from "./wire.ts";

export const Deployment = z
  .object({
    id: Leaf,
    name: z.string(),
    artifact: Digest,
    artifactName: Erasable,
    ticket: Leaf,
    /** `declared`: somebody says that this model answers there; nothing was measured. */
    level: Level,
    standing: Standing,
    upstream: z.object({ url: z.string(), addresses: z.array(z.string()), model: z.string().nullable() }),
    engine: z.object({ name: z.string(), version: z.string().nullable() }).nullable(),
    at: Instant,
  })
  .openapi("Deployment");
export const Deployments = z.object({ items: z.array(Deployment) }).openapi("Deployments");

export const DeploymentRequest = z
  .strictObject({
    /** Digest, unique beginning of one, alias, or leaf hash of a ticket. */
    artifact: z.string().min(1).max(200),
    name: z.string().min(1).max(128),
    upstream: z.url().max(2000),
    model: z.string().min(1).max(300).optional(),
    engine: z.strictObject({ name: z.string().min(1).max(100), version: z.string().min(1).max(100).optional() }).optional(),
  })
  .openapi("DeploymentRequest");
export const WithdrawalRequest = z.strictObject({ reason: ReasonGiven }).openapi("WithdrawalRequest");

export const Call = z
  .object({
    seq: z.int(),
    at: Instant,
    request: z.string(),
    principal: z.string(),
    team: z.string().nullable(),
    deployment: Leaf.nullable(),
    artifact: Digest.nullable(),
    level: Level.nullable(),
    surface: z.enum(["chat.completions", "embeddings", "models"]),
    dataClass: DataClass,
    decision: z.string().nullable(),
    outcome: z.enum(["allowed", "refused", "limited", "failed", "abandoned"]),
    code: z.string().nullable(),
    status: z.int(),
    streamed: z.boolean(),
    inputTokens: z.int().nullable(),
    outputTokens: z.int().nullable(),
    usage: z.enum(["upstream", "counted"]).nullable(),
    durationMs: z.number(),
  })
  .openapi("Call");
export const CallPage = pageOf(Call).openapi("CallPage");

/** One administrative act of the audit log. */
export const Act = z
  .object({
    seq: z.int(),
    at: Instant,
    request: z.string().nullable(),
    principal: z.string(),
    act: z.string(),
    subject: z.string().nullable(),
    outcome: z.enum(["done", "refused", "failed"]),
    code: z.string().nullable(),
  })
  .openapi("Act");
export const ActPage = pageOf(Act).openapi("ActPage");
