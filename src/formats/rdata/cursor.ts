/** Primitive fields of a serialised object, in one of its three encodings. Between steps the machine awaits `need`. */
export interface Cursor {
  /** Offset in the file. */
  readonly at: number;
  /** Whether a number of eight bytes is read as two of four, the higher one first. */
  readonly bigEndian: boolean;
  /** Makes STEP_BYTES available, or all that is left. */
  need(): Promise<void>;
  int(): number;
  /** The text of a name, Latin-1, of at most as many bytes as one step reads. */
  text(length: number): string;
  skipText(length: number): Promise<void>;
  skip(count: number, what: "int" | "double" | "raw"): Promise<void>;
  close(): void;
}
