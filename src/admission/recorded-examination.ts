import { parseExamination } from "../evidence/examination.ts";
import { PREDICATE } from "../evidence/predicate-types.ts";
import type { Registry, Shown } from "../registry/index.ts";
import type { Examination } from "../scan/examination.ts";

/** What was found when the latest decision about an artifact was made; null when the evidence or the manifest was erased or is damaged. */
export async function recordedExamination(
  registry: Pick<Registry, "statement" | "manifest">,
  { artifact, omsRoot, evidence }: Pick<Shown, "artifact" | "omsRoot" | "evidence">,
): Promise<Examination | null> {
  const reference = evidence.find(({ predicateType }) => predicateType === PREDICATE.examination);
  if (reference === undefined) return null;
  const [statement, manifest] = await Promise.all([registry.statement(reference.digest), registry.manifest(artifact)]);
  if (statement === null || manifest === null) return null;
  const examination = parseExamination(statement, { digest: artifact, omsRoot, manifest });
  return examination.kind === "parsed" ? examination.value : null;
}
