import type { Context } from "hono";
import type { ServerEnv } from "../parts.ts";
import { RequestError } from "./errors.ts";
import type { Exposure } from "./exposure.ts";

/**
 * Refuses a request that a page of another origin may have made: browsers send Origin with every unsafe method, and add the cookie of whoever looks at the
 * page. SameSite=Strict alone would let through pages of other ports of this host, which are the same site. Throws RequestError WB_REQUEST_ORIGIN.
 */
export function requireOwnOrigin(c: Context<ServerEnv>, exposure: Exposure): void {
  const own = exposure.originOf(c.get("asked"));
  const site = c.req.header("sec-fetch-site");
  if (own !== null && c.req.header("origin") === own && (site === undefined || site === "same-origin")) return;
  throw new RequestError("WB_REQUEST_ORIGIN", "the request does not come from a page of this console", {
    hint: "Use the console under the address that it has in the configuration; programs use a token: weighbridge token create --scope api.",
  });
}
