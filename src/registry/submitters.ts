import type { Digest } from "../digest.ts";
import type { AdmissionReason } from "../evidence/admission.ts";
import { type ReadStore, readText, wordsOf } from "./store.ts";

/**
 * Who brought an artifact here, the latest last; whose id was erased is left out. A decision that counts an approval was made again for whoever approved:
 * that is no submission.
 */
export async function submittersOf(store: ReadStore, artifact: Digest): Promise<readonly string[]> {
  const rows = await store.db.selectFrom("view_decisions").select(["principal", "reasons"]).where("artifact", "=", artifact).orderBy("idx").execute();
  const submissions = rows.filter(({ reasons }) => {
    const read: readonly AdmissionReason[] = JSON.parse(reasons); // the projector wrote it
    return read.every(({ waiver }) => waiver?.satisfiedBy === undefined);
  });
  const texts = await Promise.all(submissions.map(({ principal }) => readText(store, principal)));
  return texts.map(wordsOf).filter((who) => who !== null);
}
