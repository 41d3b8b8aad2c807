import type { Hono, MiddlewareHandler } from "hono";
import type { Authorize, ServerEnv } from "./parts.ts";
import type { Metrics } from "./telemetry/index.ts";

/** `/metrics`, in Prometheus' text format, for who may read: names of deployments and how much they are used are no secret among these alone. */
export function metricsRoute(app: Hono<ServerEnv>, metrics: Metrics, authenticate: MiddlewareHandler<ServerEnv>, authorize: Authorize): void {
  app.get("/metrics", authenticate, async (c) => {
    authorize(c.get("principal"), { action: "read" });
    return c.body(await metrics.text(), 200, { "content-type": metrics.contentType, "cache-control": "no-store" });
  });
}
