import type { Context } from "hono";
import { setCookie } from "hono/cookie";
import type { ServerEnv } from "../parts.ts";

/** A cookie that holds one secret and is sent to this origin alone. */
export interface SecretCookie {
  /** Its name on plain HTTP, which there is on loopback only. Under TLS it is `hostName`. */
  readonly plainName: string;
  /** Browsers take it from this very host over TLS alone (RFC 6265bis §4.1.3.2). */
  readonly hostName: `__Host-${string}`;
  readonly sameSite: "Strict" | "Lax";
  /** Null: until the browser is closed. */
  readonly maxAgeS: number | null;
}

export const SESSION_COOKIE: SecretCookie = {
  plainName: "weighbridge_session",
  hostName: "__Host-weighbridge",
  sameSite: "Strict",
  maxAgeS: null,
};

/** Comes back with the redirect from the identity provider, which is another site. */
export const FLOW_COOKIE: SecretCookie = { plainName: "weighbridge_oidc", hostName: "__Host-weighbridge_oidc", sameSite: "Lax", maxAgeS: 600 };

/**
 * What the cookie holds; null where it is not there, or there more than once: then somebody else, such as a program on another port of this machine, set
 * one, and which of them is ours cannot be known.
 */
export function readCookie(c: Context<ServerEnv>, cookie: SecretCookie): string | null {
  const name = nameOf(c, cookie);
  const values = (c.req.header("cookie") ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  const [value = ""] = values;
  return values.length === 1 && value !== "" ? value : null;
}

/** `secret`: letters, digits, - and _ alone. */
export function giveCookie(c: Context<ServerEnv>, cookie: SecretCookie, secret: string): void {
  writeCookie(c, cookie, secret, cookie.maxAgeS);
}

export function takeCookie(c: Context<ServerEnv>, cookie: SecretCookie): void {
  writeCookie(c, cookie, "", 0);
}

function writeCookie(c: Context<ServerEnv>, cookie: SecretCookie, value: string, maxAgeS: number | null): void {
  const { secure } = c.get("asked");
  const lasts = maxAgeS === null ? {} : { maxAge: maxAgeS };
  setCookie(c, nameOf(c, cookie), value, { path: "/", httpOnly: true, secure, sameSite: cookie.sameSite, ...lasts });
}

function nameOf(c: Context<ServerEnv>, { plainName, hostName }: SecretCookie): string {
  return c.get("asked").secure ? hostName : plainName;
}
