import { PREDICATE } from "../evidence/predicate-types.ts";
import { act, nowOf, type ReadStore, readText, type Store, storeText, wordsOf } from "./store.ts";

export interface RoleChangeRecord {
  /** Id of the principal that gets or loses the role. */
  readonly who: string;
  readonly role: string;
  readonly effect: "grant" | "remove";
  readonly principal: string;
}

/** Gives somebody a role, or takes it. What is so already makes no entry. Throws LogError. */
export async function changeRole(store: Store, { who, role, effect, principal }: RoleChangeRecord): Promise<"changed" | "already"> {
  const has = (await rolesInForce(store)).get(who)?.includes(role) === true;
  if (has === (effect === "grant")) return "already";
  const subject = await storeText(store, who.toWellFormed());
  const predicate = { effect, role, at: nowOf(store), principal: await storeText(store, principal.toWellFormed()) };
  await act(store, { subject, predicateType: PREDICATE.role, predicate });
  return "changed";
}

/** The roles that each principal has now. Somebody whose id was erased has none. */
export async function rolesInForce(store: ReadStore): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await store.db.selectFrom("view_roles").select(["who", "effect", "role"]).orderBy("idx").execute();
  const roles = new Map<string, Set<string>>();
  for (const { who, effect, role } of rows) {
    const id = wordsOf(await readText(store, who));
    if (id === null) continue;
    const held = roles.get(id) ?? new Set();
    if (effect === "grant") held.add(role);
    else held.delete(role);
    roles.set(id, held);
  }
  return new Map([...roles].filter(([, held]) => held.size > 0).map(([who, held]) => [who, [...held].sort()]));
}
