import { type Examined, type Examiner, findingOf } from "../../finding.ts";
import type { SentencePieceFacts } from "../../formats/sentencepiece/format.ts";
import { appendedFinding } from "./appended.ts";
import { INERT_RULES } from "./rules.ts";

/** A SentencePiece model is a table of pieces. Small unknown fields may come from a newer trainer; what is larger than that is nobody's. */
const SMALL_FIELD_BYTES = 256;

export const sentencepieceExaminer: Examiner<SentencePieceFacts> = {
  id: "sentencepiece",
  version: 1,
  reads: "sentencepiece",
  rules: [INERT_RULES.appended, INERT_RULES.foreign],
  examine({ facts }, { path }): Examined {
    const foreign = facts.unknown.map(({ field, at, size }) =>
      findingOf(INERT_RULES.foreign, {
        severity: size > SMALL_FIELD_BYTES ? "medium" : "info",
        where: { path, offset: at },
        title: `Field ${field} of ${size} bytes is in no published schema of SentencePiece`,
        proof: { field, bytes: size },
      }),
    );
    return { findings: [...foreign, ...appendedFinding(facts.brokenAt, facts.size, "the SentencePiece model", path)] };
  },
};
