import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { Authorize, ServerEnv, ServerParts } from "../../parts.ts";
import { answers } from "../route.ts";
import { ActPage, CallPage } from "../schema/deployment.ts";
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
      return c.json(await page("call", c.req.valid("query")), 200);
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
      return c.json(await page("act", c.req.valid("query")), 200);
    },
  );

  async function page(kind: "call" | "act", { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number }) {
    const before = cursor === undefined ? undefined : Number(cursor);
    const records = await audit.recent({ kind, limit, ...(before === undefined || !Number.isSafeInteger(before) ? {} : { before }) });
    const last = records.at(-1);
    return { items: records, next: records.length < limit || last === undefined ? null : String(last.seq) };
  }
}
