import { z } from "@hono/zod-openapi";
import { Digest, Instant, Role } from "./wire.ts";

/** What the console shows before anybody signed in. */
export const Installation = z
  .object({
    version: z.string(),
    origin: z.string(),
    fingerprint: Digest,
    gateway: z.url().nullable(),
    signIn: z.object({ link: z.boolean(), oidc: z.string().nullable() }),
  })
  .openapi("Installation");

export const ACTIONS = ["read", "submit", "name", "deploy", "approve", "standing", "administer"] as const;

/** Who is signed in, and what policy lets them do here. */
export const Session = z
  .object({
    principal: z.object({ id: z.string(), name: z.string(), kind: z.enum(["person", "token"]), roles: z.array(Role), team: z.string().nullable() }),
    actions: z.array(z.enum(ACTIONS)),
    expiresAt: Instant.nullable(),
  })
  .openapi("Session");

export const SignIn = z.strictObject({ link: z.string().min(1).max(200) }).openapi("SignIn");
