import type { ByteSource } from "../bytes.ts";
import { brokenAt } from "./errors.ts";
import { offsetOf } from "./find-line.ts";
import { knownEntry } from "./known-entry.ts";
import type { AuditEntry } from "./line.ts";
import { linesBefore, linesFrom, type Piece } from "./lines.ts";
import { openSegment, type Segment } from "./segments.ts";

/** What is in the files at a moment: all of the segments but the last, and so much of that. */
export interface Written {
  readonly folder: string;
  readonly segments: readonly Segment[];
  readonly lastSegmentBytes: number;
}

/** An entry, and the bytes that were read for it. */
export interface Read {
  readonly entry: AuditEntry;
  readonly sizeBytes: number;
}

/** Reads backwards from the files, beginning with the record before a sequence number. Throws AuditError WB_AUDIT_BROKEN, WB_AUDIT_UNREADABLE. */
export async function* readBefore(written: Written, before: number): AsyncGenerator<Read, void> {
  let seq = before - 1;
  for (const segment of written.segments.filter(({ first }) => first < before).toReversed()) {
    const isWhole = written.segments.some(({ first }) => first === seq + 1);
    const pieces = piecesIn(written, segment, async function* (source) {
      yield* linesBefore(source, isWhole ? source.size : ((await offsetOf(source, before)) ?? source.size));
    });
    for await (const piece of pieces) yield read(piece, segment, seq--);
  }
}

/** Reads from the files in order, beginning with the record of a sequence number. Throws AuditError WB_AUDIT_BROKEN, WB_AUDIT_UNREADABLE. */
export async function* readFrom(written: Written, from: number): AsyncGenerator<Read, void> {
  let seq = from;
  const begin = written.segments.findLastIndex(({ first }) => first <= from);
  for (const segment of written.segments.slice(begin)) {
    const pieces = piecesIn(written, segment, async function* (source) {
      yield* linesFrom(source, segment.first === seq ? 0 : ((await offsetOf(source, seq)) ?? source.size));
    });
    for await (const piece of pieces) yield read(piece, segment, seq++);
  }
}

async function* piecesIn(
  written: Written,
  segment: Segment,
  pieces: (source: ByteSource) => AsyncGenerator<Piece, void>,
): AsyncGenerator<Piece, void> {
  const { source, close } = await openSegment(
    written.folder,
    segment.file,
    segment === written.segments.at(-1) ? written.lastSegmentBytes : undefined,
  );
  try {
    yield* pieces(source);
  } finally {
    await close();
  }
}

function read(piece: Piece, { file }: Segment, seq: number): Read {
  if (piece.kind !== "line") throw brokenAt({ file, offset: piece.offset, seq, why: `the line is ${piece.kind}` });
  return { entry: knownEntry(piece.bytes, { file, offset: piece.offset, seq }), sizeBytes: piece.bytes.length };
}
