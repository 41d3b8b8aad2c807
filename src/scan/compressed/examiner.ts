import { type Examiner, type Finding, findingOf } from "../../finding.ts";
import type { CompressedFacts, StreamCodec } from "../../formats/compressed/facts.ts";
import { COMPRESSED_RULES } from "./rules.ts";

/**
 * What surrounds the data of one compressed stream; what the data is, its own examiners say. A high ratio is no finding: arrays of zeros have it
 * without malice, and a stream that takes more than the budget ends as a limit.
 */
export function compressedExaminer(codec: StreamCodec): Examiner<CompressedFacts> {
  return {
    id: `compressed-${codec}`,
    version: 1,
    reads: codec,
    rules: Object.values(COMPRESSED_RULES),
    examine({ facts }, { path }) {
      const findings: Finding[] = [];
      const { trailing } = facts;
      if (trailing !== null)
        findings.push(
          findingOf(COMPRESSED_RULES.trailing, {
            severity: "medium",
            where: { path, offset: trailing.offset },
            title: `${trailing.size} bytes lie behind the end of the ${codec} stream`,
            proof: { ...trailing },
          }),
        );
      return { findings };
    },
  };
}
