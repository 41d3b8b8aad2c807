import { createRoute, type OpenAPIHono, type z } from "@hono/zod-openapi";
import type { AccessJudge } from "../../access/judge.ts";
import type { Sessions } from "../../access/sessions.ts";
import type { AccessQuestion } from "../../policy/decide-access.ts";
import { answers } from "../api/route.ts";
import { ACTIONS, Session } from "../api/schema/session.ts";
import type { ServerEnv } from "../parts.ts";
import { readCookie, SESSION_COOKIE } from "./cookies.ts";

/** Who is signed in, and what they may do: the console shows no more than that, and the API lets them do no more. */
export function sessionRoutes(app: OpenAPIHono<ServerEnv>, { judge, sessions }: { readonly judge: AccessJudge; readonly sessions: Sessions }): void {
  app.openapi(createRoute({ method: "get", path: "/session", responses: answers(Session, "Who asks, and what policy lets them do.") }), (c) => {
    const principal = c.get("principal");
    const { id, name, kind, roles, team } = principal;
    const secret = kind === "person" ? readCookie(c, SESSION_COOKIE) : null;
    return c.json(
      {
        principal: { id, name, kind, roles: [...roles], team },
        actions: ACTIONS.filter((action) => judge.decide(principal, questionOf(action)).outcome === "allow"),
        expiresAt: secret === null ? null : (sessions.find(secret)?.expiresAt ?? null),
      },
      200,
    );
  });
}

/** Whether somebody may approve or deploy is another question for each model; this asks for one that somebody else submitted, on a public server. */
function questionOf(action: z.infer<typeof Session>["actions"][number]): AccessQuestion {
  if (action === "deploy") return { action, context: { inside: false } };
  return action === "approve" ? { action, context: { artifact: "", ownSubmission: false, policies: [] } } : { action };
}
