import { createHash } from "node:crypto";
import { recordOf } from "../../src/audit/form.ts";
import { entryIn, follow, MAX_LINE_BYTES, NO_RECORDS, nextLine } from "../../src/audit/line.ts";
import { endOfLines, linesBefore, linesFrom } from "../../src/audit/lines.ts";
import { verifySegment } from "../../src/audit/verify.ts";
import { bytesOf } from "../../src/bytes.ts";
import { actRecord, callRecord } from "../audit-records.ts";
import vector from "../vectors/audit/chain.json" with { type: "json" };
import type { FuzzTarget } from "./target.ts";

const FILE = "000000000001.jsonl";
const PIECES = [
  "\n",
  "\r\n",
  '"seq":2',
  '"prev":"',
  NO_RECORDS.hash,
  "{",
  "}",
  "[[[[",
  "null",
  "-0",
  "1e999",
  "\\ud800",
  "\u2028",
  "\ufeff",
  "\0",
  '"__proto__":{}',
  ",",
];

/** A segment of an audit log, as somebody who may write files may have changed it. */
const target: FuzzTarget = {
  name: "audit",
  async seeds() {
    const long = [actRecord("a"), actRecord("x".repeat(60_000)), callRecord("b"), actRecord("\n\u0085\u2028")];
    return [
      chained(vector.lines.map(({ record }) => recordOf(record))),
      chained(long),
      Buffer.from(`${"[".repeat(40_000)}\n`),
      Buffer.alloc(MAX_LINE_BYTES + 2),
    ];
  },
  /** Moves, repeats, removes and edits lines; half the time, each says afterwards the hash of the one before it. */
  mutate(seed, random) {
    const lines = Buffer.from(seed).toString("utf8").split("\n");
    const at = random.below(lines.length);
    const line = lines[at] ?? "";
    const cut = random.below(line.length + 1);
    const edits: readonly string[][] = [
      [],
      [line, line],
      [random.pick(lines), line],
      [line.slice(0, cut) + random.pick(PIECES) + line.slice(cut + random.below(3))],
    ];
    lines.splice(at, 1, ...random.pick(edits));
    return Buffer.from((random.below(2) === 0 ? lines : linked(lines)).join("\n"));
  },
  async check(bytes) {
    const source = bytesOf(bytes);
    const found = await verifySegment(source, { file: FILE, first: 1 }, { head: NO_RECORDS, isLast: true });
    if (found.kind === "verified") checkVerified(bytes.subarray(0, bytes.length - found.unfinishedBytes), found.head);
    else await checkBroken(bytes, found.offset, found.head.seq);
    await checkDirections(source);
  },
};
export default target;

function chained(records: readonly Parameters<typeof nextLine>[1][]): Uint8Array {
  let head = NO_RECORDS;
  const lines = records.map((record) => {
    const next = nextLine(head, record);
    head = next.head;
    return `${next.line}\n`;
  });
  return Buffer.from(lines.join(""));
}

/** Gives each line the hash of the line before it, where it has a place for one. */
function linked(lines: readonly string[]): string[] {
  let prev = NO_RECORDS.hash;
  return lines.map((line, at) => {
    const changed = line.replace(/"prev":"[^"]*"/, `"prev":"${prev}"`).replace(/"seq":\d+/, `"seq":${at + 1}`);
    prev = sha256(Buffer.from(changed));
    return changed;
  });
}

/** What verifies is a chain, by other means. */
function checkVerified(bytes: Uint8Array, head: { readonly seq: number; readonly hash: string }): void {
  let seq = 0;
  let prev = NO_RECORDS.hash;
  for (const line of Buffer.from(bytes).toString("latin1").split("\n").slice(0, -1)) {
    const written = Buffer.from(line, "latin1");
    const members: unknown = JSON.parse(written.toString("utf8"));
    if (typeof members !== "object" || members === null || !("seq" in members && "prev" in members))
      throw new Error("a line without its place verified");
    if (members.seq !== ++seq || members.prev !== prev) throw new Error(`record ${seq} verified and does not follow`);
    if (JSON.stringify(members, Object.keys(members).sort()) !== written.toString("utf8"))
      throw new Error(`record ${seq} verified and is not canonical`);
    const entry = entryIn(written);
    if (entry !== undefined && nextLine({ seq: entry.seq - 1, hash: entry.prev }, recordOf(recordIn(entry))).line !== written.toString("utf8"))
      throw new Error("a record is written otherwise than it was read");
    prev = sha256(written);
  }
  if (head.seq !== seq || head.hash !== prev) throw new Error("the head is not the last record");
}

function recordIn(entry: object): object {
  return Object.fromEntries(Object.entries(entry).filter(([name]) => name !== "seq" && name !== "prev"));
}

/** A break lies at the beginning of a line, and everything before it verifies. */
async function checkBroken(bytes: Uint8Array, offset: number, seq: number): Promise<void> {
  if (offset > bytes.length || (offset > 0 && bytes[offset - 1] !== 0x0a)) throw new Error(`a break at byte ${offset}, where no line begins`);
  const before = await verifySegment(bytesOf(bytes.subarray(0, offset)), { file: FILE, first: 1 }, { head: NO_RECORDS, isLast: true });
  if (before.kind !== "verified" || before.head.seq !== seq || before.unfinishedBytes !== 0) throw new Error("a break, and another one before it");
}

/** Both directions see the same lines, unless one of them is too long. */
async function checkDirections(source: ReturnType<typeof bytesOf>): Promise<void> {
  const forwards = [];
  for await (const piece of linesFrom(source, 0)) {
    forwards.push(piece.kind === "line" ? piece.offset : piece.kind);
    if (piece.kind === "line" && forwards.length <= 100) follow(NO_RECORDS, piece.bytes);
  }
  const end = await endOfLines(source);
  if (forwards.includes("too-long") || end === undefined) return;
  const backwards: number[] = [];
  for await (const { offset } of linesBefore(source, end)) backwards.push(offset);
  if (forwards.filter((offset) => offset !== "unfinished").join() !== backwards.reverse().join())
    throw new Error("other lines backwards than forwards");
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
