import type { ByteSource } from "../bytes.ts";
import type { Break } from "./errors.ts";
import { type AuditHead, follow, MAX_LINE_BYTES, NO_RECORDS } from "./line.ts";
import { linesFrom, type Piece } from "./lines.ts";
import { listSegments, type Segment, withSegment } from "./segments.ts";

/** `head` is the last record that the chain leads to. Whoever noted an earlier head elsewhere compares it: only so is a cut end seen. */
export type AuditVerification =
  | {
      readonly kind: "verified";
      readonly head: AuditHead;
      readonly segments: number;
      /** Bytes behind the last line: a record that is being written, or one of which writing was cut off. It was never acknowledged. */
      readonly unfinishedBytes: number;
    }
  | ({ readonly kind: "broken"; readonly head: AuditHead } & Break);

/**
 * Follows the chain of a whole audit log from its first record and says where it breaks. Reads in chunks, also beside the process that writes. Throws
 * AuditError WB_AUDIT_UNREADABLE.
 */
export async function verifyAuditLog(folder: string, options: { readonly signal?: AbortSignal } = {}): Promise<AuditVerification> {
  const segments = await listSegments(folder);
  let head = NO_RECORDS;
  let unfinishedBytes = 0;
  for (const segment of segments) {
    const context = { head, isLast: segment === segments.at(-1), signal: options.signal };
    const found = await withSegment(folder, segment.file, (source) => verifySegment(source, segment, context));
    if (found.kind === "broken") return found;
    ({ head, unfinishedBytes } = found);
  }
  return { kind: "verified", head, segments: segments.length, unfinishedBytes };
}

interface SegmentContext {
  /** Of what comes before. */
  readonly head: AuditHead;
  /** Whether its end may be unfinished. */
  readonly isLast: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Follows the chain through one segment. */
export async function verifySegment(source: ByteSource, segment: Segment, context: SegmentContext): Promise<AuditVerification> {
  let { head } = context;
  const broken = (offset: number, why: string): AuditVerification => ({ kind: "broken", head, file: segment.file, offset, seq: head.seq + 1, why });
  if (segment.first !== head.seq + 1) return broken(0, `the segment's name says that it begins with record ${segment.first}`);
  if (source.size === 0 && !context.isLast) return broken(0, "the segment is empty, and another follows");
  for await (const piece of linesFrom(source, 0)) {
    context.signal?.throwIfAborted();
    const unfinishedBytes = unfinishedIn(piece, context.isLast);
    if (unfinishedBytes !== undefined) return { kind: "verified", head, segments: 1, unfinishedBytes };
    const link = piece.kind === "line" ? follow(head, piece.bytes) : ({ kind: "broken", why: trouble(piece) } as const);
    if (link.kind === "broken") return broken(piece.offset, link.why);
    head = link.head;
  }
  return { kind: "verified", head, segments: 1, unfinishedBytes: 0 };
}

function unfinishedIn(piece: Piece, isLast: boolean): number | undefined {
  return piece.kind === "unfinished" && isLast ? piece.sizeBytes : undefined;
}

function trouble({ kind }: Exclude<Piece, { kind: "line" }>): string {
  return kind === "too-long" ? `a line of more than ${MAX_LINE_BYTES} bytes` : "the line has no end, and another segment follows";
}
