import type { Seen, SubjectInfo } from "../finding.ts";
import type { FormatId } from "../format.ts";
import { CODE_CARRIERS } from "./format-traits.ts";

/**
 * What it means that the name claims other formats than the bytes have: null where it means nothing. A format that can carry code under a name of
 * a data-only format is how payloads are brought past checks by name.
 */
export function mismatchOf(claimed: readonly FormatId[] | null, formats: readonly FormatId[], subject: SubjectInfo): Seen | null {
  if (claimed === null || formats.length === 0) return null;
  const foreign = formats.filter((format) => !claimed.includes(format));
  if (foreign.length === 0) return null;
  const carriesCode = foreign.some((format) => CODE_CARRIERS.has(format)) && !claimed.some((format) => CODE_CARRIERS.has(format));
  return {
    severity: carriesCode ? "high" : "medium",
    where: subject,
    title: `${subject.name} claims to be ${claimed.slice(0, 3).join(" or ")} and is ${foreign.join(" and ")}`,
    proof: { claimed, found: foreign },
  };
}
