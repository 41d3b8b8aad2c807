import type { ByteSource } from "../bytes.ts";
import { knownEntry } from "./known-entry.ts";
import { type AuditEntry, type AuditHead, claimedBy, follow, NO_RECORDS } from "./line.ts";
import { endOfLines, linesBefore } from "./lines.ts";
import { type Segment, withSegment } from "./segments.ts";

/** What is read when the log is opened; older records are followed by `verifyAuditLog`. */
const TAIL_BYTES = 4 * 1024 * 1024;

/** The end of a log. */
export interface Tail {
  readonly head: AuditHead;
  /** The last records, in order: `limit` of them, or fewer where they are long. */
  readonly entries: readonly AuditEntry[];
  /** Length of the last segment up to its last line feed. What lies behind it was never acknowledged. */
  readonly lastSegmentBytes: number;
}

interface Line {
  readonly segment: Segment;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Reads the last records of a log and follows the chain through them. Undefined when it breaks. Throws AuditError WB_AUDIT_UNREADABLE. */
export async function readTail(folder: string, segments: readonly Segment[], limit: number): Promise<Tail | undefined> {
  const last = segments.at(-1);
  if (last === undefined) return { head: NO_RECORDS, entries: [], lastSegmentBytes: 0 };
  const lastSegmentBytes = await withSegment(folder, last.file, endOfLines);
  const lines: Line[] = [];
  let left = TAIL_BYTES;
  for (const segment of segments.toReversed()) {
    if (lines.length >= limit || left <= 0) break;
    const most = { limit: limit - lines.length, bytes: left, mayBeUnfinished: segment === last };
    const of = await withSegment(folder, segment.file, (source) => lastLines(source, segment, most));
    if (of === undefined) return undefined;
    lines.unshift(...of);
    left -= of.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }
  const head = headOf(lines);
  if (head === undefined || lastSegmentBytes === undefined || segments[0]?.first !== 1) return undefined;
  if (lines.at(-1)?.segment !== last && last.first !== head.seq + 1) return undefined;
  const first = head.seq - lines.length + 1;
  return {
    head,
    entries: lines.map(({ segment, offset, bytes }, at) => knownEntry(bytes, { file: segment.file, offset, seq: first + at })),
    lastSegmentBytes,
  };
}

interface Most {
  readonly limit: number;
  readonly bytes: number;
  /** Only the last segment may have nothing, or something unfinished behind its last line. */
  readonly mayBeUnfinished: boolean;
}

/** In order. Undefined when a line is too long, or unfinished where none may be. */
async function lastLines(source: ByteSource, segment: Segment, most: Most): Promise<Line[] | undefined> {
  const end = await endOfLines(source);
  if (end === undefined || (!most.mayBeUnfinished && (end === 0 || end < source.size))) return undefined;
  const lines: Line[] = [];
  let left = most.bytes;
  for await (const piece of linesBefore(source, end)) {
    if (piece.kind === "too-long") return undefined;
    lines.push({ segment, offset: piece.offset, bytes: piece.bytes });
    left -= piece.bytes.length;
    if (lines.length === most.limit || left <= 0) break;
  }
  return lines.reverse();
}

/** Undefined when the lines do not follow one another, or a segment does not begin with the record in its name. */
function headOf(lines: readonly Line[]): AuditHead | undefined {
  let head = NO_RECORDS;
  for (const [at, { segment, offset, bytes }] of lines.entries()) {
    const isFirstLookedAt = at === 0 && (segment.first !== 1 || offset !== 0);
    const link = follow((isFirstLookedAt ? claimedBy(bytes) : undefined) ?? head, bytes);
    if (link.kind === "broken" || (offset === 0 && link.head.seq !== segment.first)) return undefined;
    head = link.head;
  }
  return head;
}
