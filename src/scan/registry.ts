import type { Examiner } from "../finding.ts";
import type { FormatId } from "../format.ts";

/** Examiners load with the format that they read. */
type Loader = () => Promise<readonly Examiner<never>[]>;

export const EXAMINERS: Readonly<Record<FormatId, Loader>> = {};
