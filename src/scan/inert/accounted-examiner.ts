import type { Examiner } from "../../finding.ts";

/**
 * Formats of which nothing acts: where their bytes are accounted for to the last one, there is nothing to say. What is not accounted for is said as
 * broken, and searched; what was found in the bytes is a subject of its own.
 */
export function accountedExaminer(id: string): Examiner<{ readonly elements?: number }> {
  return {
    id,
    version: 1,
    reads: id,
    rules: [],
    examine: ({ facts }) => ({ findings: [], ...(facts.elements === undefined ? {} : { parameters: facts.elements }) }),
  };
}
