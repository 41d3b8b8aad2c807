import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { fingerprintOf } from "../../../evidence/trust.ts";
import type { Registry } from "../../../registry/index.ts";
import { VERSION } from "../../../version.ts";
import type { ServerEnv } from "../../parts.ts";
import { answers } from "../route.ts";
import { Installation } from "../schema/session.ts";

/** What does not change while the process runs. */
export interface InstallationFacts {
  /** Address of the gateway, once it listens. */
  readonly gateway: () => string | null;
  /** Name of the identity provider; null where nobody signs in through one. */
  readonly oidc: string | null;
}

/** What anybody may know who reaches this server. */
export function installationRoutes(app: OpenAPIHono<ServerEnv>, registry: Registry, { gateway, oidc }: InstallationFacts): void {
  app.openapi(
    createRoute({ method: "get", path: "/installation", security: [], responses: answers(Installation, "Which installation this is.") }),
    async (c) => {
      const trust = await registry.trust();
      const signIn = { link: true, oidc };
      return c.json({ version: VERSION, origin: trust.origin, fingerprint: fingerprintOf(trust), gateway: gateway(), signIn }, 200);
    },
  );
}
