import { type Break, brokenAt, unreadable } from "./errors.ts";
import { type AuditEntry, claimedBy, entryIn } from "./line.ts";

/** The entry in a line that was followed, or lies where it must be. Throws AuditError WB_AUDIT_BROKEN, and WB_AUDIT_UNREADABLE for a kind of record that only a newer version knows. */
export function knownEntry(line: Uint8Array, place: Omit<Break, "why">): AuditEntry {
  const entry = entryIn(line);
  if (entry?.seq === place.seq) return entry;
  if (claimedBy(line)?.seq !== place.seq - 1) throw brokenAt({ ...place, why: "another line is there" });
  throw unreadable(
    `record ${place.seq} of the audit log`,
    new Error("a newer version of Weighbridge wrote it, in a form that this one does not know"),
  );
}
