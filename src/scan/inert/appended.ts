import { type Finding, findingOf } from "../../finding.ts";
import { INERT_RULES } from "./rules.ts";

/** Bytes after the end of a file that has one: structural tampering. */
export function appendedFinding(endsAt: number | null, size: number, what: string, path: string): readonly Finding[] {
  if (endsAt === null || endsAt >= size) return [];
  return [
    findingOf(INERT_RULES.appended, {
      severity: "medium",
      where: { path, offset: endsAt },
      title: `${size - endsAt} bytes follow the end of ${what}`,
      proof: { endsAt, bytes: size - endsAt },
    }),
  ];
}
