import type { Finding, Reference } from "../finding.ts";
import type { FormatId } from "../format.ts";
import type { LicenceClaim, ModelCard } from "./declared.ts";
import type { Unexamined } from "./examination.ts";

/** What examining one file on disk, with all that it contains, yielded. Plain JSON: it crosses from the worker. */
export interface FileReport {
  readonly path: string;
  /** By content, of the file itself. */
  readonly formats: readonly FormatId[];
  readonly findings: readonly Finding[];
  readonly unexamined: readonly Unexamined[];
  readonly references: readonly PlacedReference[];
  /** Model parameters held in it, as far as its format counts them. */
  readonly parameters: number;
  /** What it says of the model's licence and origin. */
  readonly licences: readonly LicenceClaim[];
  readonly card: ModelCard | null;
}

export interface PlacedReference extends Reference {
  /** Path of the subject that refers. */
  readonly from: string;
}
