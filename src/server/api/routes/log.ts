import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { trustBytes } from "../../../evidence/trust.ts";
import { parseCheckpoint, parseNote } from "../../../log/index.ts";
import { ServerError } from "../../errors.ts";
import type { Authorize, ServerEnv, ServerParts } from "../../parts.ts";
import { answers, describeBytes } from "../route.ts";
import { Checkpoint, LogEntry, LogPage } from "../schema/log.ts";

const LogQuery = z.object({ before: z.coerce.number().int().min(0).optional(), limit: z.coerce.number().int().min(1).max(200).default(50) });
const Index = z.object({ index: z.coerce.number().int().min(0) });

/** The transparency log, with what anybody needs to verify it. */
export function logRoutes(app: OpenAPIHono<ServerEnv>, { registry }: ServerParts, authorize: Authorize): void {
  app.openapi(createRoute({ method: "get", path: "/log/checkpoint", responses: answers(Checkpoint, "The latest signed checkpoint.") }), async (c) => {
    authorize(c.get("principal"), { action: "read" });
    const [{ checkpoint, size }, { logKey, origin }] = await Promise.all([registry.checkpoint(), registry.trust()]);
    const note = parseNote(Buffer.from(checkpoint));
    const parsed = note.kind === "parsed" ? parseCheckpoint(note.note.text) : note;
    if (parsed.kind !== "parsed") throw new Error("the log's own checkpoint cannot be read"); // the log wrote it
    return c.json({ checkpoint, size, root: Buffer.from(parsed.checkpoint.root).toString("base64"), origin, logKey }, 200);
  });

  app.openapi(
    createRoute({ method: "get", path: "/log/entries", request: { query: LogQuery }, responses: answers(LogPage, "Entries, the newest first.") }),
    async (c) => {
      authorize(c.get("principal"), { action: "read" });
      const { before, limit } = c.req.valid("query");
      const { size } = await registry.checkpoint();
      const items = await registry.entries({ before: Math.min(before ?? size, size), limit });
      const last = items.at(-1);
      return c.json({ items: [...items], next: last === undefined || last.index === 0 ? null : String(last.index), size }, 200);
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/log/entries/{index}",
      request: { params: Index },
      responses: answers(LogEntry, "An entry, and the proof that it is in the log."),
    }),
    async (c) => {
      authorize(c.get("principal"), { action: "read" });
      const { index } = c.req.valid("param");
      const [entry, { logKey }] = await Promise.all([registry.entry(index), registry.trust()]);
      if (entry === null)
        throw new ServerError("WB_SERVER_NOT_FOUND", `the log has no entry ${index}`, { hint: "See how many it has: /api/v1/log/checkpoint." });
      return c.json({ ...entry, entry: Buffer.from(entry.entry).toString("base64"), proof: [...entry.proof], logKey }, 200);
    },
  );

  describeBytes(app, "/trust", {
    type: "application/json",
    what: "The trust file: what verify --trust takes. Compare its fingerprint over another channel.",
  });
  app.get("/trust", async (c) => {
    authorize(c.get("principal"), { action: "read" });
    return c.body(new Uint8Array(trustBytes(await registry.trust())), 200, { "content-type": "application/json" });
  });

  describeBytes(app, "/status", { type: "text/plain", what: "The signed standing of all tickets: what verify --status takes." });
  app.get("/status", async (c) => {
    authorize(c.get("principal"), { action: "read" });
    return c.body(new Uint8Array(await registry.exportStatus()), 200, { "content-type": "text/plain; charset=utf-8" });
  });
}
