import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { isOwnSubmission } from "../../../access/own-submission.ts";
import { approveHeld } from "../../../admission/approve.ts";
import type { Acts } from "../../acts.ts";
import type { Authorize, ServerEnv, ServerParts } from "../../parts.ts";
import { placeIn } from "../cursor.ts";
import { pendingFor } from "../pending.ts";
import { ArtifactId, answers, does, takes } from "../route.ts";
import { AliasRequest, ApprovalRequest, Approved, PendingPage, StandingRequest } from "../schema/artifact.ts";
import { PageQuery } from "../schema/wire.ts";

const DAY_MS = 24 * 60 * 60_000;
/** Each of them is decided about: whether who asks may approve it. */
const MAX_PENDING = 50;

/** What people decide about models: approvals, standing, names. */
export function standingRoutes(app: OpenAPIHono<ServerEnv>, parts: ServerParts, authorize: Authorize, acts: Acts): void {
  const { registry, surroundings } = parts;

  app.openapi(
    createRoute({
      method: "get",
      path: "/approvals",
      request: { query: PageQuery },
      responses: answers(PendingPage, "What waits for a person, the longest first."),
    }),
    async (c) => {
      const principal = c.get("principal");
      authorize(principal, { action: "read" });
      const { cursor, limit } = c.req.valid("query");
      const page = await registry.catalogue().pending({ limit: Math.min(limit, MAX_PENDING), after: placeIn(cursor) });
      const items = await Promise.all(page.items.map((item) => pendingFor(parts, item, principal)));
      return c.json({ items, next: page.next === null ? null : String(page.next) }, 200);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: "/artifacts/{id}/approvals",
      request: { params: ArtifactId, ...takes(ApprovalRequest) },
      responses: answers(Approved, "What was waived, and what was decided then."),
    }),
    async (c) => {
      const principal = c.get("principal");
      const { reason, policies, days } = c.req.valid("json");
      const artifact = await registry.find(c.req.valid("param").id);
      const approved = await acts.record(c, "artifact.approve", artifact, async () => {
        const [shown, submitters] = await Promise.all([registry.show(artifact), registry.submitters(artifact)]);
        const waived = policies ?? (shown.held?.waiting ?? []).map(({ policy }) => policy);
        const ownSubmission = isOwnSubmission(parts.tokens, principal.id, submitters);
        authorize(principal, { action: "approve", context: { artifact, ownSubmission, policies: waived } });
        const expires = new Date(surroundings.now().getTime() + days * DAY_MS).toISOString();
        const bridge = { registry, policies: parts.policies, now: () => surroundings.now() };
        return approveHeld(bridge, { artifact, reason, principal: principal.id, expires, ...(policies === undefined ? {} : { policies }) });
      });
      const { decision, recorded, waived } = approved;
      const waiting = decision.reasons.filter(({ waiver }) => waiver !== undefined && waiver.satisfiedBy === undefined).map(({ policy }) => policy);
      const ticket = "ticket" in recorded ? recorded.ticket : null;
      return c.json(
        {
          waived: [...waived],
          decision: decision.outcome,
          waiting: decision.outcome === "hold" ? waiting : [],
          ticket: ticket === null ? null : { origin: ticket.origin, leaf: ticket.leaf, index: ticket.index, notAfter: ticket.notAfter },
        },
        200,
      );
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: "/artifacts/{id}/standing",
      request: { params: ArtifactId, ...takes(StandingRequest) },
      responses: does("Its standing is as was asked for."),
    }),
    async (c) => {
      const principal = c.get("principal");
      const { effect, reason } = c.req.valid("json");
      const artifact = await registry.find(c.req.valid("param").id);
      await acts.record(c, `artifact.${effect}`, artifact, async () => {
        authorize(principal, { action: "standing" });
        await registry.changeStanding({ artifact, effect, reason, principal: principal.id });
      });
      return c.body(null, 204);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: "/artifacts/{id}/aliases",
      request: { params: ArtifactId, ...takes(AliasRequest) },
      responses: does("The name leads to this model."),
    }),
    async (c) => {
      const principal = c.get("principal");
      const artifact = await registry.find(c.req.valid("param").id);
      await acts.record(c, "artifact.name", artifact, async () => {
        authorize(principal, { action: "name" });
        await registry.nameArtifact({ artifact, alias: c.req.valid("json").alias, principal: principal.id });
      });
      return c.body(null, 204);
    },
  );
}
