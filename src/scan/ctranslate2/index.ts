import type { Examiner } from "../../finding.ts";
import type { Ctranslate2Facts } from "../../formats/ctranslate2/format.ts";

/** A model whose bytes are all accounted for holds numbers, and nothing acts on them. What is not accounted for is said as broken, and searched. */
const ctranslate2Examiner: Examiner<Ctranslate2Facts> = {
  id: "ctranslate2",
  version: 1,
  reads: "ctranslate2",
  rules: [],
  examine: ({ facts }) => ({ findings: [], parameters: facts.elements }),
};

export const examiners = [ctranslate2Examiner] as const;
