import type { Severity } from "../finding.ts";

export interface ScanOptions {
  readonly json?: boolean;
  /** On the screen, only what does not end with 0. */
  readonly quiet?: boolean;
  readonly sarif?: string;
  readonly html?: string;
  readonly cyclonedx?: string;
  readonly jobs?: number;
  readonly failOn?: Severity;
  readonly baseline?: string;
  readonly writeBaseline?: string;
  /** False: what was examined before is examined again. */
  readonly cache: boolean;
}
