import { createRoute, type OpenAPIHono, type z } from "@hono/zod-openapi";
import type { AuditEntry, AuditLog, AuditRecord } from "../../../audit/index.ts";
import type { Authorize, ServerEnv, ServerParts } from "../../parts.ts";
import { placeIn } from "../cursor.ts";
import { answers } from "../route.ts";
import { type Act, ActPage, type Call, CallPage } from "../schema/deployment.ts";
import { PageQuery } from "../schema/wire.ts";

/** What the gateway was asked, and what people did here: the audit log. */
export function callRoutes(app: OpenAPIHono<ServerEnv>, { audit }: ServerParts, authorize: Authorize): void {
  app.openapi(
    createRoute({
      method: "get",
      path: "/calls",
      request: { query: PageQuery },
      responses: answers(CallPage, "Calls through the gateway, the newest first."),
    }),
    async (c) => {
      authorize(c.get("principal"), { action: "read" });
      return c.json(await pageOf(audit, "call", c.req.valid("query"), callOf), 200);
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/acts",
      request: { query: PageQuery },
      responses: answers(ActPage, "Administrative acts, the newest first."),
    }),
    async (c) => {
      authorize(c.get("principal"), { action: "read" });
      return c.json(await pageOf(audit, "act", c.req.valid("query"), actOf), 200);
    },
  );
}

/** Newest first. A page may be short and still have a next one: what one question reads is bounded. */
async function pageOf<T>(
  audit: AuditLog,
  kind: AuditRecord["kind"],
  { cursor, limit }: z.infer<typeof PageQuery>,
  itemOf: (entry: AuditEntry) => readonly T[],
) {
  const { entries, next } = await audit.recent({ kind, limit, before: placeIn(cursor) });
  return { items: entries.flatMap(itemOf), next: next === null ? null : String(next) };
}

function callOf(entry: AuditEntry): readonly z.infer<typeof Call>[] {
  if (entry.kind !== "call") return [];
  const { kind: _, prev: __, ...call } = entry;
  return [call];
}

function actOf(entry: AuditEntry): readonly z.infer<typeof Act>[] {
  if (entry.kind !== "act") return [];
  const { kind: _, prev: __, ...act } = entry;
  return [act];
}
