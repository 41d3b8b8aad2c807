import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { recordedExamination } from "../../../admission/recorded-examination.ts";
import type { Digest } from "../../../digest.ts";
import { RegistryError } from "../../../registry/index.ts";
import type { Authorize, ServerEnv, ServerParts } from "../../parts.ts";
import { differenceFor } from "../difference.ts";
import { findingGroups } from "../finding-groups.ts";
import { ArtifactId, answers, describeBytes } from "../route.ts";
import { Artifact, ArtifactPage, ArtifactQuery, Difference, FilePage, Findings } from "../schema/artifact.ts";
import { PageQuery } from "../schema/wire.ts";
import { artifactOf, summaryOf } from "../wire-artifact.ts";

/** What was decided about each model, and why. */
export function artifactRoutes(app: OpenAPIHono<ServerEnv>, { registry }: ServerParts, authorize: Authorize): void {
  const read = (c: { get(name: "principal"): ServerEnv["Variables"]["principal"] }) => authorize(c.get("principal"), { action: "read" });
  const existing = async (id: string): Promise<Digest> => registry.find(id);

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
      const page = await registry.catalogue().page({
        limit,
        ...(cursor === undefined ? {} : { before: indexIn(cursor) }),
        ...(decision === undefined ? {} : { decision }),
        ...(standing === undefined ? {} : { standing }),
        ...(q === undefined || q.trim() === "" ? {} : { text: q.trim() }),
      });
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
        existing(c.req.valid("param").id).then((artifact) => registry.show(artifact)),
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
      const examination = await recordedExamination(registry, await registry.show(await existing(c.req.valid("param").id)));
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
      const artifact = await existing(c.req.valid("param").id);
      const [manifest, examination] = await Promise.all([registry.manifest(artifact), recordedExamination(registry, await registry.show(artifact))]);
      const entries = manifest?.entries ?? [];
      const from = cursor === undefined ? 0 : indexIn(cursor);
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
      const difference = await differenceFor(registry, await existing(c.req.valid("param").id));
      return difference === null ? c.body(null, 204) : c.json(difference, 200);
    },
  );

  describeBytes(app, "/artifacts/{id}/ticket", { type: "application/json", what: "The ticket file: what verify --ticket takes." });
  app.get("/artifacts/:id/ticket", async (c) => {
    read(c);
    const artifact = await existing(c.req.param("id"));
    const ticket = await registry.ticket(artifact);
    if (ticket === null) throw new RegistryError("WB_REGISTRY_NOT_FOUND", `${artifact} never got a ticket`, { hint: "See why: open its report." });
    return c.body(new Uint8Array(ticket.bytes), 200, { "content-type": "application/json" });
  });
}

/** A cursor is a number that an answer of ours held. */
function indexIn(cursor: string): number {
  const index = Number(cursor);
  return Number.isSafeInteger(index) && index >= 0 ? index : 0;
}
