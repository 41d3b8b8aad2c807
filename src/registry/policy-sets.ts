import { type Digest, digestOf } from "../digest.ts";
import { PREDICATE } from "../evidence/predicate-types.ts";
import { RegistryError } from "./errors.ts";
import { act, nowOf, type Store, storeText } from "./store.ts";

/** Which decisions a set makes: those about artifacts, or those about who may do what. */
export type PolicySetKind = "policySet" | "accessPolicySet";
const VIEW_OF = { policySet: "view_policy_sets", accessPolicySet: "view_access_policy_sets" } as const satisfies Record<PolicySetKind, string>;

export interface PolicySetRecord {
  /** Default `policySet`. */
  readonly kind?: PolicySetKind;
  readonly digest: Digest;
  /** The text whose SHA-256 is the digest, kept so that decisions can be replayed. */
  readonly text: string;
  readonly principal: string;
}

/**
 * Tells the log which policies decide from now on. Nothing happens when they do already. To be called before the set decides anything.
 * Throws RegistryError WB_REGISTRY_MISMATCH; LogError.
 */
export async function recordPolicySet(store: Store, { kind = "policySet", digest, text, principal }: PolicySetRecord): Promise<void> {
  if (digestOf(text) !== digest)
    throw new RegistryError("WB_REGISTRY_MISMATCH", `the policy set ${digest} is not the text that came with it`, {
      hint: "Report this: it is a fault in Weighbridge.",
    });
  const isCurrent = async () => {
    const current = await store.db.selectFrom(VIEW_OF[kind]).select("policy_set").orderBy("idx", "desc").limit(1).executeTakeFirst();
    return current?.policy_set === digest;
  };
  if (await isCurrent()) return;
  await store.blobs.put(Buffer.from(text));
  const predicate = { at: nowOf(store), principal: await storeText(store, principal.toWellFormed()) };
  try {
    await act(store, { subject: digest, predicateType: PREDICATE[kind], predicate });
  } catch (error) {
    if (!(await isCurrent())) throw error; // another process told the log in the meantime
  }
}

export async function isPolicySetKnown(store: Store, digest: Digest): Promise<boolean> {
  const row = await store.db.selectFrom("view_policy_sets").select("idx").where("policy_set", "=", digest).limit(1).executeTakeFirst();
  return row !== undefined;
}
