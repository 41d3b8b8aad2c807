import type { Severity } from "../../src/finding.ts";
import type { Files } from "../techniques/technique.ts";

/** An artifact, in the words that docs/reference/rules.md prints and in bytes. */
export interface Shown {
  /** One sentence in Markdown: what lies there. */
  readonly what: string;
  readonly files: Files;
  /** Makes what files cannot be: links, pipes, permissions. Called with the folder when the files lie there. */
  readonly arrange?: (folder: string) => void;
  /** Does something to the folder once all files were read for the first time. */
  readonly meanwhile?: (folder: string) => void;
  /** Examined under an account that does not own the files, or where no temporary file can be written. */
  readonly under?: "another account" | "no room for temporary files";
}

/** One rule: an artifact in which it fires, and one as alike as can be in which it does not. */
export interface RuleExample {
  readonly rule: string;
  /** Of the worst finding of the rule in the first. */
  readonly severity: Severity;
  readonly fires: Shown;
  readonly silent: Shown;
}
