import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { PersonRoles } from "../../access/person-roles.ts";
import type { Principal } from "../../access/principal.ts";
import type { Sessions } from "../../access/sessions.ts";
import type { Tokens } from "../../access/tokens.ts";
import type { Exposure } from "../guards/exposure.ts";
import { requireOwnOrigin } from "../guards/own-origin.ts";
import type { ServerEnv } from "../parts.ts";
import { readCookie, SESSION_COOKIE } from "./cookies.ts";
import { SignInError } from "./errors.ts";
import { personOf } from "./person.ts";

export interface AuthenticationParts {
  readonly tokens: Pick<Tokens, "authenticate">;
  readonly sessions: Pick<Sessions, "find">;
  readonly roles: PersonRoles;
  readonly exposure: Exposure;
}

const SAFE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);
/** RFC 6750 §2.1. */
const BEARER = /^Bearer(?: +(.*))?$/i;

/**
 * Finds out who asks, or refuses (401): by a token in the header, else by the cookie of a session. A browser adds the cookie by itself, so with it whatever
 * changes something has to come from our own pages (403).
 */
export function authentication(parts: AuthenticationParts) {
  return createMiddleware<ServerEnv>(async (c, next) => {
    const bearer = bearerOf(c);
    c.set("principal", bearer === null ? await bySession(c, parts) : byToken(bearer, parts));
    await next();
  });
}

/** Whether who was let in would still be, for answers that go on for long. Asking keeps no session from being idle. */
export function isStillSignedIn(
  c: Context<ServerEnv>,
  { tokens, sessions }: Pick<AuthenticationParts, "tokens"> & { readonly sessions: Pick<Sessions, "isGood"> },
): boolean {
  const bearer = bearerOf(c);
  if (bearer !== null) return tokens.authenticate(bearer) !== null;
  const secret = readCookie(c, SESSION_COOKIE);
  return secret !== null && sessions.isGood(secret);
}

/** Null where no token was sent; empty where one was announced. */
function bearerOf(c: Context<ServerEnv>): string | null {
  const bearer = BEARER.exec(c.req.header("authorization") ?? "");
  return bearer === null ? null : (bearer[1] ?? "");
}

function byToken(secret: string, { tokens }: AuthenticationParts): Principal {
  const principal = tokens.authenticate(secret);
  if (principal === null)
    throw new SignInError("WB_SIGN_IN_TOKEN", "the token is not valid, or not any more", { hint: "Make another: weighbridge token create." });
  if (!principal.scopes.includes("api"))
    throw new SignInError("WB_SIGN_IN_SCOPE", "the token is not for the API", { hint: "Use one that is: weighbridge token create --scope api." });
  return principal;
}

async function bySession(c: Context<ServerEnv>, { sessions, roles, exposure }: AuthenticationParts): Promise<Principal> {
  const secret = readCookie(c, SESSION_COOKIE);
  const session = secret === null ? null : sessions.find(secret);
  if (session === null)
    throw new SignInError("WB_SIGN_IN_NEEDED", "nobody is signed in, or not any more", {
      hint: "Sign in to the console, or send a token: Authorization: Bearer TOKEN.",
    });
  if (!SAFE.has(c.req.method)) requireOwnOrigin(c, exposure);
  return personOf(session, roles);
}
