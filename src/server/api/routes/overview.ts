import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { WeighbridgeError } from "../../../errors.ts";
import { type Registry, standingOf } from "../../../registry/index.ts";
import type { Authorize, ServerEnv, ServerParts } from "../../parts.ts";
import { pendingFor } from "../pending.ts";
import { answers } from "../route.ts";
import { Overview } from "../schema/overview.ts";

const HOUR_MS = 60 * 60_000;

/** What somebody who just signed in has to know. */
export function overviewRoutes(app: OpenAPIHono<ServerEnv>, parts: ServerParts, authorize: Authorize): void {
  const { registry, audit, surroundings } = parts;
  app.openapi(createRoute({ method: "get", path: "/overview", responses: answers(Overview, "The installation at a glance.") }), async (c) => {
    const principal = c.get("principal");
    authorize(principal, { action: "read" });
    const now = surroundings.now();
    const since = new Date(now.getTime() - HOUR_MS).toISOString();
    const [counts, pending, deployments, { size }, calls] = await Promise.all([
      registry.catalogue().counts(),
      registry.catalogue().pending({ limit: 1 }),
      registry.deployments(),
      registry.checkpoint(),
      audit.recent({ kind: "call", limit: 1000 }),
    ]);
    const [oldest] = pending.items;
    const latest = await registry.entries({ before: size, limit: 8 });
    const recent = calls.entries.flatMap((entry) => (entry.kind === "call" && entry.at >= since ? [entry.outcome] : []));
    return c.json(
      {
        artifacts: counts.artifacts,
        byDecision: { ...counts.byDecision },
        byStanding: { ...counts.byStanding },
        expiring: counts.expiring,
        pending: {
          count: counts.pending,
          oldest: oldest === undefined ? null : await pendingFor(parts, oldest, principal),
        },
        deployments: {
          count: deployments.length,
          served: deployments.filter(({ record }) => standingOf(record, now.toISOString()).standing === "good").length,
        },
        calls: { lastHour: recent.length, refusedLastHour: recent.filter((outcome) => outcome === "refused" || outcome === "limited").length },
        log: { size, checkpointAt: latest[0]?.at ?? null, ...(await logHealth(registry, size)) },
        latest: [...latest],
      },
      200,
    );
  });
}

/** Whether the newest entry is where the published checkpoint says. All of it: `weighbridge log verify`. */
async function logHealth(registry: Registry, size: number): Promise<{ health: "ok" | "damaged"; detail: string }> {
  try {
    await registry.entry(size - 1);
    return { health: "ok", detail: "The newest entry is under the signed checkpoint." };
  } catch (error) {
    return { health: "damaged", detail: error instanceof WeighbridgeError ? error.message : "The log cannot be read." };
  }
}
