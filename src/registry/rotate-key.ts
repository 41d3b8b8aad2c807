import { PREDICATE } from "../evidence/predicate-types.ts";
import { fingerprintOf, rotatedTrust, type Trust, trustJson } from "../evidence/trust.ts";
import { makeTicketKey } from "./keys.ts";
import { act, nowOf, type Store, trustOf } from "./store.ts";

/**
 * Makes a new ticket key and has the old one sign it in. Tickets of the old key stay authentic; from the moment in the new trust document on, only
 * the new key's statements count. Throws RegistryError WB_REGISTRY_ENTRY_REFUSED when another process was first; LogError.
 */
export async function rotateTicketKey(store: Store): Promise<Trust> {
  const trust = await trustOf(store);
  const key = await makeTicketKey(store.directory.keys, store.surroundings);
  const next = rotatedTrust(trust, key.publicKey, await momentAfterAll(store));
  await act(store, { subject: fingerprintOf(next), predicateType: PREDICATE.rotation, predicate: trustJson(next) });
  return next;
}

/** Now, or just after the latest act of another process whose clock is ahead: no act of the old key may lie after its end. */
async function momentAfterAll(store: Store): Promise<string> {
  const { at } = await store.db
    .selectFrom("view_acts")
    .select(({ fn }) => fn.max("at").as("at"))
    .executeTakeFirstOrThrow();
  const after = new Date(Date.parse(at) + 1).toISOString();
  const now = nowOf(store);
  return now < after ? after : now;
}
