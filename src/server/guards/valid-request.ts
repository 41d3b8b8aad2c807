import type { Hook } from "@hono/zod-openapi";
import type { ServerEnv } from "../parts.ts";
import { RequestError } from "./errors.ts";

const SHOWN = 5;
const PLACE: Readonly<Record<string, string>> = { json: "body", query: "query", param: "path" };

/**
 * For `defaultHook` of an OpenAPIHono: a request that does not fit its schema is refused with the names of the members that do not. What they held is not
 * repeated.
 */
export const requireValid: Hook<unknown, ServerEnv, string, unknown> = (result) => {
  if (result.success) return;
  const place = PLACE[result.target] ?? result.target;
  const issues = result.error.issues.map(({ path, message }) => `${[place, ...path.map(String)].join(".").slice(0, 200)}: ${message.slice(0, 200)}`);
  const more = issues.length > SHOWN ? [`and ${issues.length - SHOWN} more`] : [];
  throw new RequestError("WB_REQUEST_INVALID", [...issues.slice(0, SHOWN), ...more].join("; "), {
    hint: "See /api/openapi.json for what it takes.",
  });
};
