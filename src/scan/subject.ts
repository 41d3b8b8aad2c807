import type { ByteSource } from "../bytes.ts";
import type { SubjectInfo } from "../finding.ts";
import type { ChildRef, Format, FormatId, Parsed } from "../format.ts";
import { type Budget, LimitError } from "../limits.ts";
import type { WalkReport } from "./walk-report.ts";

/** What the walker visits: a file, or something inside one. */
export interface Subject extends SubjectInfo {
  readonly source: ByteSource;
  readonly treatment: ChildRef["treatment"];
  /** Set where the parent knows the format. */
  readonly as?: FormatId;
  /** Inside bytes that nobody owns. */
  readonly hidden: boolean;
}

/** What a parser makes of a subject; null, and reported, where it ends before it has any facts. */
export async function parseAs(
  format: Format<unknown>,
  { source, path }: Subject,
  budget: Budget,
  report: WalkReport,
): Promise<Parsed<unknown> | null> {
  try {
    return await format.parse(source, budget);
  } catch (error) {
    if (error instanceof LimitError) report.limit(path, error.message);
    else report.failed(`parser ${format.id}`, path, error);
    return null;
  }
}
