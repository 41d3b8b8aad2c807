import type { PersonRoles } from "../../access/person-roles.ts";
import type { Principal } from "../../access/principal.ts";
import type { SignedIn } from "../../access/sessions.ts";

/** Somebody who is signed in, with the roles that they have at this moment. People use the console and its API; for the gateway there are tokens. */
export async function personOf({ id, name, claimed = [] }: SignedIn, roles: PersonRoles): Promise<Principal> {
  return {
    id,
    name,
    kind: "person",
    roles: await roles.of(id, claimed),
    scopes: ["api"],
    team: null,
    deployments: null,
    dataClass: "restricted",
    limits: { requestsPerMinute: null, tokensPerDay: null },
  };
}
