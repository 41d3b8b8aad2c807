import type { Format } from "../../format.ts";
import { IDENTIFIED_NAMES } from "./detect.ts";

export interface IdentifiedFacts {
  readonly id: string;
  /** What the format is called. */
  readonly name: string;
  readonly size: number;
}

/** A format that is recognised and whose content nobody here reads yet: nothing is parsed, so nothing is claimed. */
export function identifiedFormat(id: string): Format<IdentifiedFacts> {
  return {
    id,
    async parse(bytes) {
      return { kind: "parsed", facts: { id, name: IDENTIFIED_NAMES.get(id) ?? id, size: bytes.size }, anomalies: [] };
    },
  };
}
