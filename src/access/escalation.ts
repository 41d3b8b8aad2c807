import { AccessError } from "./errors.ts";
import { DATA_CLASSES, type Principal } from "./principal.ts";
import type { TokenRequestFields } from "./token.ts";

/**
 * A token can do nothing that the one who makes it cannot: no role that they do not have, no `api` without it, no deployment and no data that are kept
 * from them, no higher limits. Throws AccessError WB_ACCESS_ESCALATION.
 */
export function refuseEscalation(request: TokenRequestFields, createdBy: Principal): void {
  const foreign = request.roles.filter((role) => !createdBy.roles.includes(role));
  if (foreign.length > 0)
    throw escalation(`roles that you do not have: ${foreign.join(", ")}`, "Leave them out, or have an administrator grant them to you first.");
  if (request.scopes.includes("api") && !createdBy.scopes.includes("api"))
    throw escalation("the scope api, which you do not have", "Leave it out, or sign in and make the token there.");
  const { deployments } = createdBy;
  if (deployments !== null && !(request.deployments ?? [null]).every((name) => name !== null && deployments.includes(name)))
    throw escalation("deployments that are not yours", `Name some of these: ${deployments.join(", ") || "you have none"}.`);
  if (DATA_CLASSES.indexOf(request.dataClass) > DATA_CLASSES.indexOf(createdBy.dataClass))
    throw escalation(`data that is ${request.dataClass}`, `The most that you may give is ${createdBy.dataClass}.`);
  for (const [limit, what] of [
    ["requestsPerMinute", "requests in a minute"],
    ["tokensPerDay", "tokens of models in a day"],
  ] as const) {
    const own = createdBy.limits[limit];
    if (own !== null && (request[limit] ?? Number.POSITIVE_INFINITY) > own)
      throw escalation(`more ${what} than you have`, `The most that you may give is ${own}.`);
  }
}

function escalation(what: string, hint: string): AccessError {
  return new AccessError("WB_ACCESS_ESCALATION", `the token would have ${what}`, { hint });
}
