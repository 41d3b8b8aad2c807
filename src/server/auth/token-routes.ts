import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { AccessError } from "../../access/errors.ts";
import type { TokenFacts } from "../../access/token.ts";
import type { Tokens as KeptTokens } from "../../access/tokens.ts";
import type { Acts } from "../acts.ts";
import { answers, does, makes, takes } from "../api/route.ts";
import { type Token, TokenCreated, TokenRequest, Tokens } from "../api/schema/settings.ts";
import type { Authorize, ServerEnv } from "../parts.ts";

/** Tokens: what was made, making one, ending one. */
export function tokenRoutes(app: OpenAPIHono<ServerEnv>, tokens: KeptTokens, authorize: Authorize, acts: Acts): void {
  app.openapi(createRoute({ method: "get", path: "/tokens", responses: answers(Tokens, "All tokens that were made, the newest first.") }), (c) => {
    authorize(c.get("principal"), { action: "administer" });
    return c.json({ items: tokens.list().map(shown) }, 200);
  });

  app.openapi(
    createRoute({
      method: "post",
      path: "/tokens",
      request: takes(TokenRequest),
      responses: makes(TokenCreated, "The token, with its secret: this once."),
    }),
    async (c) => {
      const principal = c.get("principal");
      const created = await acts.record(
        c,
        "token.create",
        ({ token }) => token.id,
        async () => {
          authorize(principal, { action: "administer" });
          return tokens.create(c.req.valid("json"), principal);
        },
      );
      return c.json({ ...shown(created.token), secret: created.secret }, 201);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: "/tokens/{id}/revocation",
      request: { params: z.object({ id: z.string().regex(/^[a-z2-7]{12}$/) }) },
      responses: does("The token is over: at once here, within a quarter of a second in other processes."),
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      await acts.record(c, "token.revoke", id, async () => {
        authorize(c.get("principal"), { action: "administer" });
        if (tokens.revoke(id) === "unknown")
          throw new AccessError("WB_ACCESS_NO_TOKEN", "there is no token of this id", { hint: "See which there are: weighbridge token list." });
      });
      return c.body(null, 204);
    },
  );
}

function shown({ scopes, roles, deployments, ...rest }: TokenFacts): z.infer<typeof Token> {
  return { ...rest, scopes: [...scopes], roles: [...roles], deployments: deployments === null ? null : [...deployments] };
}
