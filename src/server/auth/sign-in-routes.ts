import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { SignedIn } from "../../access/sessions.ts";
import type { SignInLinks } from "../../access/sign-in-links.ts";
import { does, takes } from "../api/route.ts";
import { SignIn } from "../api/schema/session.ts";
import { boundedBody } from "../guards/bounded-body.ts";
import type { Exposure } from "../guards/exposure.ts";
import { requireOwnOrigin } from "../guards/own-origin.ts";
import type { ServerEnv } from "../parts.ts";
import { beginSession, type SessionParts } from "./begin-session.ts";
import { readCookie, SESSION_COOKIE, takeCookie } from "./cookies.ts";
import { SignInError } from "./errors.ts";

export interface SignInParts extends SessionParts {
  readonly links: SignInLinks;
  readonly exposure: Exposure;
  /** Who a link signs in: whoever works on this machine. */
  readonly local: SignedIn;
}

/** A link is 43 letters; nobody who is not signed in sends more than this. */
const MAX_BYTES = 4096;
const DEADLINE_MS = 10_000;

/** Signing in by a link, and signing out. Nobody need be signed in for these. */
export function signInRoutes(app: OpenAPIHono<ServerEnv>, parts: SignInParts): void {
  const { links, sessions, acts, limit, exposure, local } = parts;
  const middleware = [boundedBody({ maxBytes: MAX_BYTES, deadlineMs: DEADLINE_MS })];

  app.openapi(
    createRoute({
      method: "post",
      path: "/sign-in",
      security: [],
      middleware,
      request: takes(SignIn),
      responses: does("Whoever had the link is signed in: the session is in a cookie."),
    }),
    async (c) => {
      requireOwnOrigin(c, exposure);
      await limit.take(c.get("asked").address);
      if (!links.redeem(c.req.valid("json").link)) {
        await acts.refused(c, "WB_SIGN_IN_LINK");
        throw new SignInError("WB_SIGN_IN_LINK", "this link was used already, or is over", { hint: "Make another: weighbridge sign-in." });
      }
      await beginSession(c, local, parts);
      return c.body(null, 204);
    },
  );

  app.openapi(
    createRoute({ method: "post", path: "/sign-out", security: [], middleware, responses: does("The session of the cookie is over.") }),
    async (c) => {
      const secret = readCookie(c, SESSION_COOKIE);
      const session = secret === null ? null : sessions.find(secret);
      if (secret !== null && session !== null) {
        requireOwnOrigin(c, exposure);
        sessions.end(secret);
        await acts.ended(c, session.id);
      }
      takeCookie(c, SESSION_COOKIE);
      return c.body(null, 204);
    },
  );
}
