import { type ByteSource, bytesOf } from "../../bytes.ts";
import type { FormatId } from "../../format.ts";
import type { Hdf5Facts } from "../../formats/hdf5/facts.ts";
import type { OnnxFacts } from "../../formats/onnx/facts.ts";
import { textExtents } from "../secrets/where.ts";

/** A text in which programs are looked for. */
export interface EncodedText {
  readonly source: ByteSource;
  readonly offset: number;
  readonly size: number;
  /** Where it stands in the subject, if not at its own offset. */
  readonly at?: number;
}

/** What of a subject is text: where secrets are looked for, but for pickles, whose values are followed; and the texts of graphs and arrays. */
export function encodedTexts(format: FormatId, facts: unknown, source: ByteSource): readonly EncodedText[] {
  if (format === "onnx") return (facts as OnnxFacts).metadata.map(kept); // the format's own facts
  if (format === "hdf5") return (facts as Hdf5Facts).texts.map(kept); // the format's own facts
  return textExtents(format, facts, source.size).flatMap(({ offset, size, pickled }) => (pickled ? [] : [{ source, offset, size }]));
}

function kept({ value, at }: { readonly value: string; readonly at: number }): EncodedText {
  const source = bytesOf(Buffer.from(value));
  return { source, offset: 0, size: source.size, at };
}
