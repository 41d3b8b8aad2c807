import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { recordedExamination } from "../../../admission/recorded-examination.ts";
import { RegistryError } from "../../../registry/index.ts";
import type { Authorize, ServerEnv, ServerParts } from "../../parts.ts";
import { placeIn } from "../cursor.ts";
import { differenceFor } from "../difference.ts";
import { findingGroups } from "../finding-groups.ts";
import { ArtifactId, answers, describeBytes } from "../route.ts";
import { Artifact, ArtifactPage, ArtifactQuery, Difference, FilePage, Findings } from "../schema/artifact.ts";
import { PageQuery } from "../schema/wire.ts";
import { artifactOf, summaryOf } from "../wire-artifact.ts";

/** What was decided about each model, and why. */
export function artifactRoutes(app: OpenAPIHono<ServerEnv>, { registry }: ServerParts, authorize: Authorize): void {
  const read = (c: Context<ServerEnv>) => authorize(c.get("principal"), { action: "read" });

  app.openapi(
    createRoute({
      method: "get",
      path: "/artifacts",
      request: { query: ArtifactQuery },
      responses: answers(ArtifactPage, "Models, the newest decision first."),
    }),
    async (c) => {
      read(c);
      const { cursor, limit, decision, standing, q } = c.req.valid("query");
      const page = await registry.catalogue().page({ limit, before: placeIn(cursor), decision, standing, text: q?.trim() || undefined });
      return c.json({ items: page.items.map(summaryOf), next: page.next === null ? null : String(page.next) }, 200);
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/artifacts/{id}",
      request: { params: ArtifactId },
      responses: answers(Artifact, "All that is known of one model."),
    }),
    async (c) => {
      read(c);
      const [shown, deployments] = await Promise.all([
        registry.find(c.req.valid("param").id).then((artifact) => registry.show(artifact)),
        registry.deployments(),
      ]);
      return c.json(artifactOf(shown, deployments), 200);
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/artifacts/{id}/findings",
      request: { params: ArtifactId },
      responses: answers(Findings, "What was found when the latest decision was made."),
    }),
    async (c) => {
      read(c);
      const examination = await recordedExamination(registry, await registry.show(await registry.find(c.req.valid("param").id)));
      if (examination === null) return c.json({ state: "evidence-missing" as const }, 200);
      const { status, unexamined } = examination.coverage;
      return c.json(
        { state: "present" as const, groups: findingGroups(examination.findings), coverage: { status, unexamined: [...unexamined] } },
        200,
      );
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/artifacts/{id}/files",
      request: { params: ArtifactId, query: PageQuery },
      responses: answers(FilePage, "Files with digests, in order of path."),
    }),
    async (c) => {
      read(c);
      const { cursor, limit } = c.req.valid("query");
      const artifact = await registry.find(c.req.valid("param").id);
      const [manifest, examination] = await Promise.all([registry.manifest(artifact), recordedExamination(registry, await registry.show(artifact))]);
      const entries = manifest?.entries ?? [];
      const from = placeIn(cursor) ?? 0;
      const items = entries.slice(from, from + limit).map((entry) => ({
        path: entry.path,
        type: entry.type,
        size: entry.type === "file" ? entry.size : null,
        sha256: entry.type === "file" ? entry.sha256 : null,
        formats: [...(examination?.formats[entry.path] ?? [])],
      }));
      return c.json({ items, next: from + limit < entries.length ? String(from + limit) : null, total: entries.length }, 200);
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/artifacts/{id}/difference",
      request: { params: ArtifactId },
      responses: {
        ...answers(Difference, "What differs from the version that was let in before."),
        204: { description: "There is nothing to compare it with." },
      },
    }),
    async (c) => {
      read(c);
      const difference = await differenceFor(registry, await registry.find(c.req.valid("param").id));
      return difference === null ? c.body(null, 204) : c.json(difference, 200);
    },
  );

  describeBytes(app, "/artifacts/{id}/ticket", { type: "application/json", what: "The ticket file: what verify --ticket takes." });
  app.get("/artifacts/:id/ticket", async (c) => {
    read(c);
    const artifact = await registry.find(c.req.param("id"));
    const ticket = await registry.ticket(artifact);
    if (ticket === null) throw new RegistryError("WB_REGISTRY_NOT_FOUND", `${artifact} never got a ticket`, { hint: "See why: open its report." });
    return c.body(new Uint8Array(ticket.bytes), 200, { "content-type": "application/json" });
  });
}
