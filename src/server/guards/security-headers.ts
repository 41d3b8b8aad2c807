import { createMiddleware } from "hono/factory";
import type { ServerEnv } from "../parts.ts";

/**
 * What pages of the console may do: run our own scripts, talk to us, and nothing else. Text becomes markup only through Svelte's own templates, which are
 * made when the console is built.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types svelte-trusted-html",
].join("; ");

const ALWAYS: readonly (readonly [string, string])[] = [
  ["content-security-policy", CONTENT_SECURITY_POLICY],
  ["x-content-type-options", "nosniff"],
  ["x-frame-options", "DENY"],
  ["referrer-policy", "no-referrer"],
  ["cross-origin-opener-policy", "same-origin"],
  ["cross-origin-resource-policy", "same-origin"],
  ["permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"],
];
const YEAR_S = 365 * 24 * 60 * 60;

/** Headers of every answer. What the API says is kept by nobody; where it has an ETag, by the browser that asked, who asks again each time. */
export const securityHeaders = createMiddleware<ServerEnv>(async (c, next) => {
  await next();
  const { headers } = c.res;
  for (const [name, value] of ALWAYS) headers.set(name, value);
  if (c.var.asked?.secure) headers.set("strict-transport-security", `max-age=${YEAR_S}`);
  if (c.req.path.startsWith("/api/") && !headers.has("cache-control"))
    headers.set("cache-control", headers.has("etag") ? "private, no-cache" : "no-store");
});
