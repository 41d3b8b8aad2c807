import { ROLES, type Role } from "../../access/principal.ts";

export interface RoleMapping {
  /** The claim of the ID token that says what somebody is: a text or a list of them. */
  readonly claim: string;
  /** Which roles each of its values gives. */
  readonly map: Readonly<Record<string, readonly Role[]>>;
}

/** The roles that an ID token vouches for. A claim of another form gives none. */
export function claimedRoles(claims: Readonly<Record<string, unknown>>, { claim, map }: RoleMapping): readonly Role[] {
  const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
  const values = (Array.isArray(value) ? value : [value]).filter((item) => typeof item === "string");
  const given = new Set(values.flatMap((item) => (Object.hasOwn(map, item) ? (map[item] ?? []) : [])));
  return ROLES.filter((role) => given.has(role));
}
