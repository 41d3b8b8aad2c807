import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";
import type { Notes } from "./notes.ts";
import { readAhead } from "./read-ahead.ts";
import { type CentralRecord, type End, measureCentral, readCentral, readEnd, readEnd64 } from "./records.ts";
import { CENTRAL, END, END_BYTES, LOCATOR64, TAIL_BYTES } from "./signatures.ts";
import type { Span } from "./spans.ts";

const LOCATOR_BYTES = 20;

export interface Directory {
  /** What its records say, in order; read anew each time, as there may be 200,000 of them. */
  entries(): AsyncGenerator<Entry, void>;
  /** How many there are. */
  readonly count: number;
  /** Offsets of local headers that several records lead to. */
  readonly shared: ReadonlySet<number>;
  /** Directory, end records, comments. */
  readonly owned: readonly Span[];
  readonly comments: readonly Span[];
  readonly found: boolean;
}

/** A central record, and where its local header lies when what precedes the archive is counted. */
export interface Entry {
  readonly record: CentralRecord;
  readonly localAt: number;
}

/** Reads every directory that some reader would use. Readers differ in which end record they take and in how they count offsets. */
export async function readDirectories(source: ByteSource, budget: Budget, notes: Notes): Promise<Directory> {
  const ends = await findEnds(source);
  const owned: Span[] = [];
  const comments: Span[] = [];
  const lists = new Map<number, List>();
  for (const end of ends) {
    owned.push({ offset: end.at, size: Math.min(END_BYTES + end.commentLength, source.size - end.at) });
    if (end.commentLength > 0) comments.push({ offset: end.at + END_BYTES, size: Math.min(end.commentLength, source.size - end.at - END_BYTES) });
    for (const start of await startsOf(source, end, owned, notes)) {
      if (lists.has(start.offset)) continue;
      const list = await measureList(source, start, budget, notes);
      lists.set(start.offset, list);
      owned.push({ offset: start.offset, size: list.endsAt - start.offset });
    }
  }
  const filled = [...lists.values()].filter(({ localOffsets }) => localOffsets.length > 0);
  if (filled.length > 1) notes.add("several-directories", filled[1]?.offset ?? 0, `${filled.length} central directories that different readers take`);
  const localOffsets = filled.flatMap((list) => list.localOffsets);
  return {
    entries: () => entriesOf(source, filled),
    count: localOffsets.length,
    shared: repeatedIn(localOffsets),
    owned,
    comments,
    found: ends.length > 0,
  };
}

async function* entriesOf(source: ByteSource, lists: readonly List[]): AsyncGenerator<Entry, void> {
  const ahead = readAhead(source);
  for (const { offset, localOffsets } of lists) {
    let at = offset;
    for (const localAt of localOffsets) {
      const record = await readCentral(ahead, at);
      if (record === null) break;
      yield { record, localAt };
      at += record.bytes;
    }
  }
}

function repeatedIn(numbers: readonly number[]): ReadonlySet<number> {
  const sorted = Float64Array.from(numbers).sort();
  return new Set(sorted.filter((number, i) => i > 0 && sorted[i - 1] === number));
}

/** The end records that readers choose: the last one, the one that ends the file, the one whose comment reaches the end. */
async function findEnds(source: ByteSource): Promise<readonly End[]> {
  const length = Math.min(TAIL_BYTES, source.size);
  const base = source.size - length;
  const tail = Buffer.from(await source.read(base, length));
  const found: End[] = [];
  const signature = Buffer.alloc(4);
  signature.writeUInt32LE(END);
  for (let at = tail.lastIndexOf(signature); at >= 0; at = at === 0 ? -1 : tail.lastIndexOf(signature, at - 1)) {
    const end = readEnd(tail, at, base);
    if (end === null) continue;
    const reachesEnd = end.at + END_BYTES + end.commentLength === source.size;
    if (found.length === 0 || (reachesEnd && (await leadsSomewhere(source, end)))) found.push(end);
    if (found.length === MAX_ENDS) break;
  }
  return found;
}

const MAX_ENDS = 8;

async function leadsSomewhere(source: ByteSource, end: End): Promise<boolean> {
  if (end.count === 0) return false;
  const places = [end.directoryOffset, end.at - end.directorySize];
  for (const at of places) if (await signatureAt(source, at, CENTRAL)) return true;
  return false;
}

interface Start {
  readonly offset: number;
  readonly base: number;
  readonly count: number;
  readonly directorySize: number;
}

/**
 * Places where readers look for the directory of one end record: at the stated offset (miniz), and right before the end record, whatever is stated
 * (CPython, Info-ZIP); from the classic fields and from the zip64 record.
 */
async function startsOf(source: ByteSource, end: End, owned: Span[], notes: Notes): Promise<readonly Start[]> {
  const wide = await zip64Of(source, end, owned, notes);
  const claims = [
    ...(wide === null ? [] : [{ ...wide, before: wide.at }]),
    ...(end.unstated && wide !== null ? [] : [{ ...end, before: wide?.at ?? end.at }]),
  ];
  const starts: Start[] = [];
  for (const { count, directorySize, directoryOffset, before } of claims) {
    const shifted = before - directorySize;
    for (const offset of new Set([shifted, directoryOffset]))
      if (await signatureAt(source, offset, CENTRAL)) starts.push({ offset, base: offset - directoryOffset, count, directorySize });
    if (count > 0 && starts.length === 0) notes.add("no-directory", end.at, `the end record points to ${directoryOffset}, where no directory is`);
  }
  return starts;
}

async function zip64Of(source: ByteSource, end: End, owned: Span[], notes: Notes): ReturnType<typeof readEnd64> {
  if (end.at < LOCATOR_BYTES) return null;
  const locator = Buffer.from(await source.read(end.at - LOCATOR_BYTES, LOCATOR_BYTES));
  if (locator.readUInt32LE(0) !== LOCATOR64) return null;
  const stated = Number(locator.readBigUInt64LE(8));
  const adjacent = end.at - LOCATOR_BYTES - 56;
  owned.push({ offset: end.at - LOCATOR_BYTES, size: LOCATOR_BYTES });
  const wide = (await readEnd64(source, adjacent)) ?? (await readEnd64(source, stated));
  if (wide === null) {
    notes.add("zip64-lost", end.at - LOCATOR_BYTES, `a zip64 locator that points to ${stated}, where no zip64 record is`);
    return null;
  }
  owned.push({ offset: wide.at, size: 56 });
  const other = wide.at === stated ? null : await readEnd64(source, stated);
  if (other !== null && other.directoryOffset !== wide.directoryOffset)
    notes.add("zip64-disagrees", stated, "two zip64 end records that name different directories");
  const differs = (narrow: number, full: number, unstated: number) => narrow !== unstated && narrow !== full;
  if (
    differs(end.count, wide.count, 0xffff) ||
    differs(end.directorySize, wide.directorySize, 0xffffffff) ||
    differs(end.directoryOffset, wide.directoryOffset, 0xffffffff)
  )
    notes.add("zip64-disagrees", wide.at, "the zip64 end record and the classic one disagree");
  return wide;
}

/** One run of central records. */
interface List {
  readonly offset: number;
  readonly endsAt: number;
  /** Of each record in turn, with what precedes the archive added. */
  readonly localOffsets: readonly number[];
}

/** Reads on past the stated count and size while records follow: a reader from the front sees them all. */
async function measureList(source: ByteSource, start: Start, budget: Budget, notes: Notes): Promise<List> {
  const localOffsets: number[] = [];
  let at = start.offset;
  for (;;) {
    budget.steps(8);
    const record = await measureCentral(source, at);
    if (record === null) break;
    if (localOffsets.length >= budget.limits.maxEntries) {
      notes.add("entries-cut", at, `more than ${budget.limits.maxEntries} entries`);
      break;
    }
    localOffsets.push(record.localOffset + start.base);
    at += record.bytes;
  }
  if (localOffsets.length !== start.count)
    notes.add("count-lie", start.offset, `the end record states ${start.count} entries, the directory has ${localOffsets.length}`);
  else if (at - start.offset !== start.directorySize)
    notes.add("count-lie", start.offset, `the end record states a directory of ${start.directorySize} bytes, it has ${at - start.offset}`);
  if (at + 4 <= source.size && (await signatureAt(source, at, CENTRAL)))
    notes.add("cut-record", at, "a central record that runs past the end of the file");
  return { offset: start.offset, endsAt: at, localOffsets };
}

async function signatureAt(source: ByteSource, at: number, signature: number): Promise<boolean> {
  if (!Number.isSafeInteger(at) || at < 0 || at + 4 > source.size) return false;
  return Buffer.from(await source.read(at, 4)).readUInt32LE(0) === signature;
}
