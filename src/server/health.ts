import type { Hono } from "hono";
import type { ServerEnv } from "./parts.ts";

export interface HealthParts {
  /** Names of what is not ready, empty when all is. Must be quick. */
  readonly missing: () => readonly string[];
}

/** `/healthz`: the process answers. `/readyz`: it can do its work (200), or cannot (503), and what is missing. Neither tells anything else. */
export function healthRoutes(app: Hono<ServerEnv>, { missing }: HealthParts): void {
  app.get("/healthz", (c) => c.json({ status: "ok" }, 200, { "cache-control": "no-store" }));
  app.get("/readyz", (c) => {
    const lacks = missing();
    return c.json({ status: lacks.length === 0 ? "ready" : "not-ready", missing: [...lacks] }, lacks.length === 0 ? 200 : 503, {
      "cache-control": "no-store",
    });
  });
}
