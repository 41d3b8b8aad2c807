import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fc, test } from "@fast-check/vitest";
import { afterAll, expect, it } from "vitest";
import { actRecord, callRecord } from "../../test/audit-records.ts";
import vector from "../../test/vectors/audit/chain.json" with { type: "json" };
import { bytesOf } from "../bytes.ts";
import { openAuditLog } from "./audit-log.ts";
import { NO_RECORDS } from "./line.ts";
import { verifyAuditLog, verifySegment } from "./verify.ts";

const base = mkdtempSync(join(tmpdir(), "audit-verify-"));
afterAll(() => rmSync(base, { recursive: true }));

const whole = Buffer.from(vector.lines.map(({ line }) => `${line}\n`).join(""));
const segment = { file: vector.file, first: 1 };
const last = vector.lines.at(-1);

function verifyBytes(bytes: Uint8Array, isLast = true) {
  return verifySegment(bytesOf(bytes), segment, { head: NO_RECORDS, isLast });
}

/** Two segments: records 1 to 3 and 4 to 6. */
async function twoSegments(): Promise<string> {
  const folder = mkdtempSync(join(base, "two-"));
  const log = await openAuditLog(folder, { segmentBytes: 700 });
  for (let i = 1; i <= 6; i++) await log.append(actRecord(`request ${i}`));
  await log.close();
  return folder;
}
const FIRST = "000000000001.jsonl";
const SECOND = "000000000004.jsonl";

function change(folder: string, file: string, edit: (text: string) => string): void {
  writeFileSync(join(folder, file), edit(readFileSync(join(folder, file), "utf8")));
}

it("follows the vector to its last digest", async () => {
  expect(await verifyBytes(whole)).toEqual({ kind: "verified", head: { seq: 3, hash: last?.sha256 }, segments: 1, unfinishedBytes: 0 });
});

const begins = vector.lines.map((_, at) => vector.lines.slice(0, at).reduce((sum, { line }) => sum + Buffer.byteLength(line) + 1, 0));

test.prop([fc.integer({ min: 1, max: 255 })], { numRuns: 5 })(
  "a change of any byte is found in its line or in the next one; in the last line, another digest shows it",
  async (flip) => {
    for (const [at, byte] of whole.entries()) {
      const changed = begins.findLastIndex((begin) => begin <= at) + 1;
      const found = await verifyBytes(Buffer.concat([whole.subarray(0, at), Buffer.from([byte ^ flip]), whole.subarray(at + 1)]));
      if (found.kind === "broken") {
        expect([changed, changed + 1], `byte ${at}`).toContain(found.seq);
        expect(found.offset).toBe(begins[found.seq - 1]);
        if (found.seq > changed) expect(found.why).toContain(`its prev is not the hash of record ${changed}`);
      } else {
        expect(changed, `byte ${at}`).toBe(3);
        expect(found.head.hash).not.toBe(last?.sha256);
      }
    }
  },
);

test.prop([fc.nat(whole.length)])("a text that is cut anywhere verifies up to its last whole line", async (length) => {
  const lines = whole.subarray(0, length).toString("latin1").split("\n");
  const found = await verifyBytes(whole.subarray(0, length));
  expect(found).toMatchObject({ kind: "verified", head: { seq: lines.length - 1 }, unfinishedBytes: lines.at(-1)?.length });
});

it("an unfinished line before another segment is a break", async () => {
  expect(await verifyBytes(whole.subarray(0, -1), false)).toMatchObject({
    kind: "broken",
    seq: 3,
    why: "the line has no end, and another segment follows",
  });
});

it("a line over 64 KiB is a break", async () => {
  const long = Buffer.concat([whole, Buffer.alloc(65_537, "x")]);
  expect(await verifyBytes(long)).toMatchObject({ kind: "broken", seq: 4, offset: whole.length, why: "a line of more than 65536 bytes" });
});

it("follows the chain over the border of two segments", async () => {
  const folder = await twoSegments();
  expect(await verifyAuditLog(folder)).toMatchObject({ kind: "verified", head: { seq: 6 }, segments: 2, unfinishedBytes: 0 });
  change(folder, FIRST, (text) => text.replace("request 3", "request x"));
  expect(await verifyAuditLog(folder)).toMatchObject({ kind: "broken", file: SECOND, offset: 0, seq: 4, head: { seq: 3 } });
});

it("names the place of a record that was taken out, put in or moved", async () => {
  const edits: readonly ((text: string) => string)[] = [
    (text) => text.replace(/^.*request 2.*\n/m, ""),
    (text) => text.replace(/^(.*request 1.*\n)/m, "$1$1"),
    (text) => text.replace(/^(.*request 2.*\n)(.*request 3.*\n)/m, "$2$1"),
  ];
  for (const edit of edits) {
    const folder = await twoSegments();
    change(folder, FIRST, edit);
    expect(await verifyAuditLog(folder)).toMatchObject({ kind: "broken", file: FIRST, seq: 2, head: { seq: 1 } });
  }
});

it("misses a segment that is gone, empty or under another name", async () => {
  const gone = await twoSegments();
  rmSync(join(gone, FIRST));
  expect(await verifyAuditLog(gone)).toMatchObject({
    kind: "broken",
    file: SECOND,
    offset: 0,
    seq: 1,
    why: expect.stringContaining("begins with record 4"),
  });
  const empty = await twoSegments();
  writeFileSync(join(empty, FIRST), "");
  expect(await verifyAuditLog(empty)).toMatchObject({ kind: "broken", file: FIRST, seq: 1, why: "the segment is empty, and another follows" });
  const renamed = await twoSegments();
  renameSync(join(renamed, SECOND), join(renamed, "000000000005.jsonl"));
  expect(await verifyAuditLog(renamed)).toMatchObject({ kind: "broken", file: "000000000005.jsonl", seq: 4 });
});

it("a folder without segments is a chain without records; one that is not there is an error", async () => {
  expect(await verifyAuditLog(mkdtempSync(join(base, "empty-")))).toEqual({ kind: "verified", head: NO_RECORDS, segments: 0, unfinishedBytes: 0 });
  await expect(verifyAuditLog(join(base, "none"))).rejects.toMatchObject({ code: "WB_AUDIT_UNREADABLE" });
});

it("reads beside the process that writes", async () => {
  const folder = mkdtempSync(join(base, "beside-"));
  const log = await openAuditLog(folder);
  let isDone = false;
  const writing = Promise.all(Array.from({ length: 500 }, (_, at) => log.append(callRecord(`request ${at}`)))).then(() => {
    isDone = true;
  });
  while (!isDone) expect((await verifyAuditLog(folder)).kind).toBe("verified");
  await writing;
  expect(await verifyAuditLog(folder)).toMatchObject({ head: log.head() });
  await log.close();
});

it("ends when it is told to", async () => {
  const folder = await twoSegments();
  await expect(verifyAuditLog(folder, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
});
