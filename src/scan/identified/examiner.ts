import type { Examiner } from "../../finding.ts";
import type { IdentifiedFacts } from "../../formats/identified/format.ts";

/** A format whose examiner does not exist: that is said, and nothing else. */
export function identifiedExaminer(id: string): Examiner<IdentifiedFacts> {
  return {
    id: `identified-${id}`,
    version: 1,
    reads: id,
    rules: [],
    examine({ facts }) {
      return { findings: [], unexamined: [`${facts.name}: no examiner yet`] };
    },
  };
}
