import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { AccessError } from "../../access/errors.ts";
import { ROLES } from "../../access/principal.ts";
import type { Sessions } from "../../access/sessions.ts";
import type { Registry } from "../../registry/index.ts";
import type { Acts } from "../acts.ts";
import { answers, does, takes } from "../api/route.ts";
import { RoleGrants, RoleRequest } from "../api/schema/settings.ts";
import type { Authorize, ServerEnv } from "../parts.ts";

/** `oidc:<issuer>#<subject>`, in characters that are seen. */
const PERSON = /^oidc:https?:\/\/[^\s#]+#[^\p{C}\p{Zl}\p{Zp}]+$/u;

export interface RoleParts {
  readonly registry: Pick<Registry, "roles" | "changeRole">;
  readonly sessions: Pick<Sessions, "endAllOf">;
}

/**
 * Roles that were granted here, and changing them. What an identity provider vouches for is not among them: who loses a role has to sign in again, so that it
 * is asked again.
 */
export function roleRoutes(app: OpenAPIHono<ServerEnv>, { registry, sessions }: RoleParts, authorize: Authorize, acts: Acts): void {
  app.openapi(createRoute({ method: "get", path: "/roles", responses: answers(RoleGrants, "Who was granted which roles.") }), async (c) => {
    authorize(c.get("principal"), { action: "administer" });
    const items = [...(await registry.roles())].map(([principal, held]) => ({ principal, roles: ROLES.filter((role) => held.includes(role)) }));
    return c.json({ items }, 200);
  });

  app.openapi(
    createRoute({
      method: "post",
      path: "/roles",
      request: takes(RoleRequest),
      responses: does("They have the role; or have it no more, and are signed out."),
    }),
    async (c) => {
      const { principal: who, role, effect } = c.req.valid("json");
      const principal = c.get("principal");
      if (!PERSON.test(who))
        throw new AccessError("WB_ACCESS_NO_PERSON", "roles are granted to people that an identity provider signs in", {
          hint: "Write oidc:ISSUER#SUBJECT, as the list of acts has it from their last sign-in. A token has the roles that it was made with.",
        });
      await acts.record(c, `role.${effect}`, who, async () => {
        authorize(principal, { action: "administer" });
        await registry.changeRole({ who, role, effect, principal: principal.id });
        if (effect === "remove") sessions.endAllOf(who);
      });
      return c.body(null, 204);
    },
  );
}
