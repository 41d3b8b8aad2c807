import { z } from "@hono/zod-openapi";
import { DataClass, Digest, Instant, Role, Scope } from "./wire.ts";

export const Token = z
  .object({
    id: z.string(),
    name: z.string(),
    scopes: z.array(Scope),
    roles: z.array(Role),
    team: z.string().nullable(),
    deployments: z.array(z.string()).nullable(),
    dataClass: DataClass,
    requestsPerMinute: z.int().nullable(),
    tokensPerDay: z.int().nullable(),
    createdAt: Instant,
    createdBy: z.string(),
    expiresAt: Instant,
    revokedAt: Instant.nullable(),
  })
  .openapi("Token");
export const Tokens = z.object({ items: z.array(Token) }).openapi("Tokens");

export const TokenRequest = z
  .strictObject({
    name: z.string().trim().min(1).max(100),
    scopes: z.array(Scope).min(1),
    roles: z.array(Role).default([]),
    team: z.string().trim().min(1).max(100).optional(),
    deployments: z.array(z.string().min(1).max(128)).max(100).optional(),
    dataClass: DataClass.default("internal"),
    requestsPerMinute: z.int().min(1).max(1_000_000).optional(),
    tokensPerDay: z.int().min(1).max(1_000_000_000_000).optional(),
    days: z.int().min(1).max(366).default(30),
  })
  .openapi("TokenRequest");

/** The secret is told once and kept nowhere. */
export const TokenCreated = Token.extend({ secret: z.string() }).openapi("TokenCreated");

export const RoleGrants = z.object({ items: z.array(z.object({ principal: z.string(), roles: z.array(Role) })) }).openapi("RoleGrants");
export const RoleRequest = z
  .strictObject({ principal: z.string().trim().min(1).max(500), role: Role, effect: z.enum(["grant", "remove"]) })
  .openapi("RoleRequest");

export const PolicySet = z
  .object({
    domain: z.enum(["admission", "access"]),
    digest: Digest,
    policies: z.array(
      z.object({ id: z.string(), effect: z.enum(["permit", "forbid"]), text: z.string(), waivableBy: z.string().nullable(), source: z.string() }),
    ),
    /** What `policy test` says; empty where no cases lie beside the policies. */
    cases: z.array(z.object({ name: z.string(), passed: z.boolean(), outcome: z.string() })),
  })
  .openapi("PolicySet");
export const PolicySets = z.object({ items: z.array(PolicySet) }).openapi("PolicySets");
