import { lstatSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_ACCESS_POLICIES, loadPolicySet, type PolicySet } from "../policy/policy-set.ts";

/**
 * Who may do what in an installation: DATA/access-policies where something lies under that name, else what ships with Weighbridge. A link there that leads
 * nowhere is no reason to take the latter. Throws PolicyError.
 */
export function accessPoliciesOf(directory: string): PolicySet {
  const own = join(directory, "access-policies");
  const isThere = lstatSync(own, { throwIfNoEntry: false }) !== undefined;
  return loadPolicySet(isThere ? own : DEFAULT_ACCESS_POLICIES, "access");
}
