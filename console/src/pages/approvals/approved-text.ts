import type { Approved } from "../../api/types.ts";

/** What came of an approval, in a sentence. */
export function approvedText({ decision, waiting, ticket }: Approved): string {
  if (ticket !== null) return `Approved. Its ticket is entry ${ticket.index} of the log.`;
  if (decision === "hold") return `Approved in part. It still waits for ${waiting.join(", ")}.`;
  return decision === "allow" ? "Approved." : "Recorded, but it is denied now: policies changed since it was held.";
}
