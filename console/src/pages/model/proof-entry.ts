import type { Artifact } from "../../api/types.ts";
import type { Expected } from "../../proof/verify-entry.ts";

const ADMISSION = "https://weighbridge.dev/admission/v1";

/** The entry of the log that the report of a model rests on, and whether it is its ticket. */
export interface ProofEntry {
  readonly isTicket: boolean;
  readonly expected: Expected;
}

/** The ticket, else the latest decision; null where no decision is known. */
export function proofEntryOf({ artifact, ticket, history }: Artifact): ProofEntry | null {
  if (ticket !== null)
    return { isTicket: true, expected: { index: ticket.index, leaf: ticket.leaf, subject: artifact, predicateType: ADMISSION, outcome: "allow" } };
  const last = history.findLast(({ kind }) => kind === "admission");
  if (last === undefined) return null;
  return { isTicket: false, expected: { index: last.index, leaf: last.leaf, subject: artifact, predicateType: ADMISSION } };
}
