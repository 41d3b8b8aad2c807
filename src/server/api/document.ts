import type { OpenAPIHono } from "@hono/zod-openapi";
import { VERSION } from "../../version.ts";
import type { ServerEnv } from "../parts.ts";

/** Adds `/api/openapi.json`: the OpenAPI 3.1 description that follows from the schemas that check requests. */
export function documentRoute(app: OpenAPIHono<ServerEnv>): void {
  app.openAPIRegistry.registerComponent("securitySchemes", "token", {
    type: "http",
    scheme: "bearer",
    description: "A token with the scope `api`: weighbridge token create --scope api.",
  });
  app.doc31("/api/openapi.json", {
    openapi: "3.1.0",
    info: { title: "Weighbridge", version: VERSION, description: "What was let in, who decided, what is served." },
    security: [{ token: [] }],
  });
}
