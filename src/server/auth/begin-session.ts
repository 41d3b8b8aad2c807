import type { Context } from "hono";
import type { Sessions, SignedIn } from "../../access/sessions.ts";
import type { ServerEnv } from "../parts.ts";
import { giveCookie, readCookie, SESSION_COOKIE } from "./cookies.ts";
import type { SessionActs } from "./session-acts.ts";
import type { SignInLimit } from "./sign-in-limit.ts";

export interface SessionParts {
  readonly sessions: Sessions;
  readonly acts: SessionActs;
  readonly limit: SignInLimit;
}

/** Signs somebody in, under a secret that nobody had before. A session that the browser brought along ends. */
export async function beginSession(c: Context<ServerEnv>, who: SignedIn, { sessions, acts, limit }: SessionParts): Promise<void> {
  const before = readCookie(c, SESSION_COOKIE);
  if (before !== null) sessions.end(before);
  const { secret } = sessions.begin(who);
  await acts.begun(c, who.id);
  await limit.forgive(c.get("asked").address);
  giveCookie(c, SESSION_COOKIE, secret);
}
