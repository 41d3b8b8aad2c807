import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { SignInFlows } from "../../access/sign-in-flows.ts";
import type { Exposure } from "../guards/exposure.ts";
import type { ServerEnv } from "../parts.ts";
import { beginSession, type SessionParts } from "./begin-session.ts";
import { FLOW_COOKIE, giveCookie, readCookie, takeCookie } from "./cookies.ts";
import { SignInError } from "./errors.ts";
import type { IdentityProvider } from "./identity-provider.ts";
import { returnPathOf } from "./return-path.ts";

export interface OidcParts extends SessionParts {
  /** Null: people sign in by links alone. */
  readonly provider: IdentityProvider | null;
  readonly flows: SignInFlows;
  readonly exposure: Exposure;
  /** Told of what went wrong on the provider's side, with the id of the request. */
  readonly report: (error: unknown, request: string) => void;
}

const CALLBACK = "/api/v1/oidc/callback";

/** Signing in through the identity provider. Browsers come here by themselves: what goes wrong leads to the page for signing in, with its code. */
export function oidcRoutes(app: OpenAPIHono<ServerEnv>, parts: OidcParts): void {
  const { flows, limit } = parts;

  app.openapi(
    createRoute({
      method: "get",
      path: "/oidc/start",
      security: [],
      request: { query: z.object({ return: z.string().optional() }) },
      responses: { 303: { description: "To the identity provider, or back to the page for signing in." } },
    }),
    (c) =>
      leadBack(c, parts, async (provider) => {
        await limit.take(c.get("asked").address);
        const { secret, flow } = flows.begin(returnPathOf(c.req.valid("query").return));
        const url = await provider.authorizationUrl(flow, redirectUri(c, parts).href);
        giveCookie(c, FLOW_COOKIE, secret);
        return url.href;
      }),
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/oidc/callback",
      security: [],
      responses: { 303: { description: "To the console, or back to the page for signing in." } },
    }),
    (c) =>
      leadBack(c, parts, async (provider) => {
        await limit.take(c.get("asked").address);
        const secret = readCookie(c, FLOW_COOKIE);
        const flow = secret === null ? null : flows.take(secret, c.req.query("state") ?? "");
        if (flow === null)
          throw new SignInError("WB_SIGN_IN_FLOW", "this answer belongs to no sign-in that this browser began", { hint: "Sign in again." });
        takeCookie(c, FLOW_COOKIE);
        const answer = redirectUri(c, parts);
        answer.search = new URL(c.req.url).search;
        await beginSession(c, await provider.signedIn(answer, flow), parts);
        return flow.returnPath;
      }),
  );
}

/** Redirects to what `go` yields. */
async function leadBack(c: Context<ServerEnv>, { provider, acts, report }: OidcParts, go: (provider: IdentityProvider) => Promise<string>) {
  if (provider === null)
    throw new SignInError("WB_SIGN_IN_NO_PROVIDER", "no identity provider is configured", { hint: "Sign in by a link: weighbridge sign-in." });
  try {
    return c.redirect(await go(provider), 303);
  } catch (error) {
    if (!(error instanceof SignInError)) throw error;
    if (error.code !== "WB_SIGN_IN_LIMITED") await acts.refused(c, error.code);
    if (error.code === "WB_SIGN_IN_PROVIDER") report(error, c.get("request"));
    return c.redirect(`/sign-in?problem=${error.code}`, 303);
  }
}

/** As it was registered with the provider: under the name of this installation that the browser sees. */
function redirectUri(c: Context<ServerEnv>, { exposure }: OidcParts): URL {
  const origin = exposure.originOf(c.get("asked"));
  if (origin === null)
    throw new SignInError("WB_SIGN_IN_FLOW", "nobody signs in under this name", { hint: "Open the console under server.publicUrl." });
  return new URL(CALLBACK, origin);
}
