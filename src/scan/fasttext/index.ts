import type { Examiner } from "../../finding.ts";
import type { FasttextFacts } from "../../formats/fasttext/format.ts";

/** A model whose bytes are all accounted for holds words and numbers, and nothing acts on them. What is not accounted for is said as broken, and searched. */
const fasttextExaminer: Examiner<FasttextFacts> = {
  id: "fasttext",
  version: 1,
  reads: "fasttext",
  rules: [],
  examine: ({ facts }) => ({ findings: [], parameters: facts.elements }),
};

export const examiners = [fasttextExaminer] as const;
