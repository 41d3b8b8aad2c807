import type { AccessPrincipal } from "../policy/decide-access.ts";
import { DATA_CLASSES, type Principal } from "./principal.ts";

/** Principals that signed in on the machine itself. */
export const LOCAL_PREFIX = "local:";

/** What policies see of a principal. */
export function accessPrincipalOf({ id, kind, roles, scopes, team, deployments, dataClass }: Principal): AccessPrincipal {
  return {
    id,
    kind,
    local: id.startsWith(LOCAL_PREFIX),
    roles,
    scopes,
    team: team ?? "",
    anyDeployment: deployments === null,
    deployments: deployments ?? [],
    dataRank: DATA_CLASSES.indexOf(dataClass),
  };
}
