import type { Examined, Examiner } from "../../finding.ts";
import type { GgmlFacts } from "../../formats/ggml/format.ts";

/** A model whose bytes are all accounted for holds numbers and tokens, and nothing acts on them. What is not accounted for is searched, and said. */
export const ggmlExaminer: Examiner<GgmlFacts> = {
  id: "ggml",
  version: 1,
  reads: "ggml",
  rules: [],
  examine({ kind, facts }): Examined {
    const unknown = kind === "parsed" && facts.layout === null;
    return {
      findings: [],
      unexamined: unknown ? [`a ${facts.kind} model whose header has no layout that is known here`] : [],
      parameters: facts.elements,
    };
  },
};
