import { type Examiner, type Finding, findingOf } from "../../finding.ts";
import type { CompressedFacts, StreamCodec } from "../../formats/compressed/facts.ts";
import { COMPRESSED_RULES } from "./rules.ts";

/** Deflate reaches 1:1032 on zeros, bzip2 and LZMA far more; arrays of zeros do that in small files without malice. */
const BOMB_RATIO = 200;
const BOMB_BYTES = 256 * 1024 * 1024;

/** What surrounds the data of one compressed stream; what the data is, its own examiners say. */
export function compressedExaminer(codec: StreamCodec): Examiner<CompressedFacts> {
  return {
    id: `compressed-${codec}`,
    version: 1,
    reads: codec,
    rules: Object.values(COMPRESSED_RULES),
    examine({ facts }, { path }) {
      const findings: Finding[] = [];
      const { trailing, inflatedBytes, compressedBytes } = facts;
      if (trailing !== null)
        findings.push(
          findingOf(COMPRESSED_RULES.trailing, {
            severity: "medium",
            where: { path, offset: trailing.offset },
            title: `${trailing.size} bytes lie behind the end of the ${codec} stream`,
            proof: { ...trailing },
          }),
        );
      if (inflatedBytes >= BOMB_BYTES && inflatedBytes >= compressedBytes * BOMB_RATIO)
        findings.push(
          findingOf(COMPRESSED_RULES.bomb, {
            severity: "medium",
            where: { path },
            title: `${compressedBytes} bytes of ${codec} inflate to ${inflatedBytes} or more`,
            proof: { compressedBytes, inflatedBytes },
          }),
        );
      return { findings };
    },
  };
}
