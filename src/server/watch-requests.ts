import { createMiddleware } from "hono/factory";
import { routePath } from "hono/route";
import type { ServerEnv } from "./parts.ts";
import { type Logger, logRequest, type Metrics } from "./telemetry/index.ts";

/** Counts, times and logs every request to console and API. */
export function watchRequests({ metrics, logger }: { readonly metrics: Pick<Metrics, "requested">; readonly logger: Logger }) {
  return createMiddleware<ServerEnv>(async (c, next) => {
    const started = performance.now();
    await next();
    const durationMs = performance.now() - started;
    const { method } = c.req;
    const { status } = c.res;
    metrics.requested({ method, route: status === 404 ? null : routePath(c, -1), status, durationMs });
    const principal = c.get("principal")?.id ?? null;
    logRequest(logger, {
      request: c.get("request"),
      method,
      url: c.req.path,
      status,
      durationMs,
      principal,
      address: c.get("asked")?.address ?? null,
    });
  });
}
