/** Files of one artifact, by name. */
export type Files = Readonly<Record<string, Uint8Array | string>>;

/** One technique of those who hide code in models, as a small artifact of our own that shows it, and one beside it that is honest. */
export interface Technique {
  /** In the catalogue of techniques that the project keeps, 0 for one that is not in it; several examples of one technique differ in their title. */
  readonly number: number;
  readonly title: string;
  readonly files: Files;
  /** The least that it must be answered with. */
  readonly least: "review" | "block";
  /** What the title of a finding must name. */
  readonly names?: string;
  /** As alike as an honest file can be: it must pass. */
  readonly nearMiss: Files;
}
