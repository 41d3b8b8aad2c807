/** A credential that was found. `text` is the secret itself: it is used to keep it out of reports, and goes nowhere else. */
export interface Secret {
  readonly kind: "token" | "private-key";
  readonly rule: string;
  /** What it is, with its article. */
  readonly name: string;
  readonly severity: "medium" | "low";
  /** Offset in bytes. */
  readonly at: number;
  readonly text: string;
  /** Of use only together with the key beside it. */
  readonly pair?: boolean;
}
