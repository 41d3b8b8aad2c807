import { createMiddleware } from "hono/factory";
import type { Surroundings } from "../../registry/index.ts";
import type { ServerEnv } from "../parts.ts";

/** Gives each request an id of our own: what a client calls it could be anything, and would stand in our logs. */
export function requestId(surroundings: Surroundings) {
  return createMiddleware<ServerEnv>(async (c, next) => {
    const id = uuidOf(surroundings.randomBytes(16));
    c.set("request", id);
    await next();
    c.header("x-request-id", id);
  });
}

/** A UUID of version 4 (RFC 9562 §5.4), so that a problem document can name the request as a URN. */
function uuidOf(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString("hex");
  const variant = "89ab"[(bytes[8] ?? 0) & 3];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}
