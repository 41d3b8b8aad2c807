import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fc, test } from "@fast-check/vitest";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { actRecord, callRecord } from "../../test/audit-records.ts";
import vector from "../../test/vectors/audit/chain.json" with { type: "json" };
import { type AuditLog, type AuditOptions, openAuditLog } from "./audit-log.ts";
import { recordOf } from "./form.ts";
import { type AuditEntry, NO_RECORDS } from "./line.ts";
import { verifyAuditLog } from "./verify.ts";
import type { WriteBytes } from "./writer.ts";

const base = mkdtempSync(join(tmpdir(), "audit-log-"));
afterAll(() => rmSync(base, { recursive: true }));

const FIRST = "000000000001.jsonl";

function fresh(): string {
  return mkdtempSync(join(base, "audit-"));
}

/** A closed log of acts `1` to `count`, a hundred a write at most where they are many. */
async function written(count: number, options: AuditOptions = {}): Promise<string> {
  const folder = fresh();
  const together = count > 1_000 ? 100 : 1;
  await withLog(folder, options, async (log) => {
    for (let first = 1; first <= count; first += together) await appendActs(log, first, Math.min(count, first + together - 1));
  });
  return folder;
}

async function appendActs(log: AuditLog, first: number, last: number): Promise<void> {
  await Promise.all(Array.from({ length: last - first + 1 }, (_, at) => log.append(actRecord(String(first + at)))));
}

async function withLog<T>(folder: string, options: AuditOptions, work: (log: AuditLog) => Promise<T>): Promise<T> {
  const log = await openAuditLog(folder, options);
  try {
    return await work(log);
  } finally {
    await log.close();
  }
}

function segmentsIn(folder: string): string[] {
  return readdirSync(folder).filter((file) => file.endsWith(".jsonl"));
}

const requests = (entries: readonly AuditEntry[]) => entries.map(({ request }) => Number(request));

describe("append", () => {
  it("writes the bytes of the vector, readable by nobody else", async () => {
    const folder = join(fresh(), "audit");
    await withLog(folder, {}, async (log) => {
      for (const { record } of vector.lines) await log.append(recordOf(record));
      expect(readFileSync(join(folder, FIRST), "utf8")).toBe(vector.lines.map(({ line }) => `${line}\n`).join(""));
      expect(log.head()).toEqual({ seq: 3, hash: vector.lines[2]?.sha256 });
    });
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, FIRST)).mode & 0o777).toBe(0o600);
  });

  it("resolves when the record is in the file, not before", async () => {
    const folder = fresh();
    let isLetThrough = () => {};
    const gate = new Promise<void>((resolve) => {
      isLetThrough = resolve;
    });
    const write: WriteBytes = async (handle, bytes) => {
      await gate;
      return (await handle.write(bytes)).bytesWritten;
    };
    await withLog(folder, { write }, async (log) => {
      let isWritten = false;
      const appended = log.append(actRecord("1")).then(() => {
        isWritten = true;
      });
      await new Promise(setImmediate);
      expect([isWritten, log.head()]).toEqual([false, NO_RECORDS]);
      isLetThrough();
      await appended;
      expect(readFileSync(join(folder, FIRST), "utf8")).toContain('"request":"1"');
    });
  });

  it("writes what comes while a write is under way as one", async () => {
    const sizes: number[] = [];
    const write: WriteBytes = async (handle, bytes) => {
      sizes.push(Buffer.from(bytes).toString().split("\n").length - 1);
      return (await handle.write(bytes)).bytesWritten;
    };
    const folder = fresh();
    await withLog(folder, { write }, (log) => appendActs(log, 1, 100));
    expect(sizes).toEqual([1, 99]);
    expect(await verifyAuditLog(folder)).toMatchObject({ kind: "verified", head: { seq: 100 } });
  });

  it("goes on where the operating system took a part of the bytes", async () => {
    const folder = fresh();
    const write: WriteBytes = async (handle, bytes) => (await handle.write(bytes.subarray(0, 7))).bytesWritten;
    await withLog(folder, { write }, (log) => appendActs(log, 1, 20));
    expect(await verifyAuditLog(folder)).toMatchObject({ kind: "verified", head: { seq: 20 } });
  });

  it("gives a refused record no place in the chain", async () => {
    const folder = fresh();
    await withLog(folder, {}, async (log) => {
      await log.append(actRecord("1"));
      await expect(log.append(actRecord("\ud800"))).rejects.toMatchObject({ code: "WB_AUDIT_RECORD" });
      await log.append(actRecord("2"));
      expect(log.head().seq).toBe(2);
    });
    expect((await verifyAuditLog(folder)).kind).toBe("verified");
  });

  it("writes what waits before it closes, and nothing afterwards", async () => {
    const folder = fresh();
    const log = await openAuditLog(folder);
    const appended = appendActs(log, 1, 50);
    await Promise.all([log.close(), log.close()]);
    await appended;
    await expect(log.append(actRecord("51"))).rejects.toMatchObject({ code: "WB_AUDIT_CLOSED" });
    expect(await verifyAuditLog(folder)).toMatchObject({ head: { seq: 50 } });
  });
});

describe("segments", () => {
  it("begin with the record in their name, and the chain goes on over them", async () => {
    const folder = fresh();
    for (const [first, last] of [
      [1, 5],
      [6, 6],
      [7, 12],
    ] as const)
      await withLog(folder, { segmentBytes: 700 }, async (log) => {
        for (let i = first; i <= last; i++) await log.append(actRecord(String(i)));
      });
    expect(segmentsIn(folder)).toEqual([FIRST, "000000000004.jsonl", "000000000007.jsonl", "000000000010.jsonl"]);
    expect(await verifyAuditLog(folder)).toMatchObject({ kind: "verified", head: { seq: 12 }, segments: 4 });
  });

  it("that were begun and not written are used by the next opening", async () => {
    const folder = await written(3, { segmentBytes: 700 });
    writeFileSync(join(folder, "000000000004.jsonl"), "");
    await withLog(folder, {}, async (log) => {
      expect(log.head().seq).toBe(3);
      await log.append(actRecord("4"));
    });
    expect(segmentsIn(folder)).toEqual([FIRST, "000000000004.jsonl"]);
    expect(await verifyAuditLog(folder)).toMatchObject({ kind: "verified", head: { seq: 4 } });
  });
});

describe("opening", () => {
  it("goes on with the chain", async () => {
    const folder = await written(3);
    await withLog(folder, {}, async (log) => {
      expect(log.head().seq).toBe(3);
      await log.append(actRecord("4"));
    });
    expect(await verifyAuditLog(folder)).toMatchObject({ kind: "verified", head: { seq: 4 }, segments: 1 });
  });

  test.prop([fc.double({ min: 0, max: 1, noNaN: true })], { numRuns: 30 })("cuts off a last line that was not written to its end", async (part) => {
    const folder = await written(3);
    const text = readFileSync(join(folder, FIRST), "utf8");
    const begin = text.lastIndexOf("\n", text.length - 2) + 1;
    truncateSync(join(folder, FIRST), begin + Math.floor(part * (text.length - 1 - begin)));
    await withLog(folder, {}, async (log) => {
      expect(log.head().seq).toBe(2);
      await log.append(actRecord("another 3"));
    });
    expect(await verifyAuditLog(folder)).toMatchObject({ kind: "verified", head: { seq: 3 }, unfinishedBytes: 0 });
  });

  it("cuts off a first line that was not written to its end", async () => {
    const folder = await written(1);
    truncateSync(join(folder, FIRST), 20);
    await withLog(folder, {}, async (log) => {
      expect(log.head()).toEqual(NO_RECORDS);
      await log.append(actRecord("another 1"));
    });
    expect(await verifyAuditLog(folder)).toMatchObject({ kind: "verified", head: { seq: 1 } });
  });

  const breaks: readonly (readonly [string, number, (folder: string) => void])[] = [
    ["a record that was changed", 6, (folder) => edit(folder, "000000000004.jsonl", (text) => text.replace('"request":"5"', '"request":"6"'))],
    [
      "a record that was changed before the border of a segment",
      4,
      (folder) => edit(folder, FIRST, (text) => text.replace('"request":"3"', '"request":"4"')),
    ],
    ["a line that is none", 7, (folder) => appendFileSync(join(folder, "000000000004.jsonl"), "\n")],
    ["more than a line behind the last line", 7, (folder) => appendFileSync(join(folder, "000000000004.jsonl"), Buffer.alloc(65_537))],
    ["a first segment that is gone", 1, (folder) => rmSync(join(folder, FIRST))],
    ["a last segment that begins elsewhere", 7, (folder) => writeFileSync(join(folder, "000000000009.jsonl"), "")],
    ["an unfinished line before the last segment", 3, (folder) => edit(folder, FIRST, (text) => text.slice(0, -1))],
    ["an empty segment before the last one", 1, (folder) => writeFileSync(join(folder, FIRST), "")],
  ];
  it.each(breaks)("refuses to go on from %s", async (_, seq, damage) => {
    const folder = await written(6, { segmentBytes: 700 });
    expect(segmentsIn(folder)).toEqual([FIRST, "000000000004.jsonl"]);
    damage(folder);
    const before = segmentsIn(folder).map((file) => readFileSync(join(folder, file), "hex"));
    await expect(openAuditLog(folder)).rejects.toMatchObject({
      code: "WB_AUDIT_BROKEN",
      message: expect.stringContaining(`where record ${seq} ought to be`),
    });
    expect(segmentsIn(folder).map((file) => readFileSync(join(folder, file), "hex"))).toEqual(before);
  });

  function edit(folder: string, file: string, change: (text: string) => string): void {
    writeFileSync(join(folder, file), change(readFileSync(join(folder, file), "utf8")));
  }

  it("lets one write at a time, until it closes", async () => {
    const folder = fresh();
    const log = await openAuditLog(folder);
    await expect(openAuditLog(folder)).rejects.toMatchObject({ code: "WB_AUDIT_BUSY" });
    await log.append(actRecord("1"));
    await log.close();
    await withLog(folder, {}, async (next) => expect(next.head().seq).toBe(1));
  });

  it("leaves the folder free after it was refused", async () => {
    const folder = await written(1);
    const text = readFileSync(join(folder, FIRST));
    writeFileSync(join(folder, FIRST), "{}\n");
    await expect(openAuditLog(folder)).rejects.toMatchObject({ code: "WB_AUDIT_BROKEN" });
    writeFileSync(join(folder, FIRST), text);
    await withLog(folder, {}, async (log) => expect(log.head().seq).toBe(1));
  });

  it("says which record a newer version wrote in a form that this one does not know", async () => {
    const folder = fresh();
    writeFileSync(join(folder, FIRST), `{"kind":"note","prev":"${NO_RECORDS.hash}","seq":1}\n`);
    await expect(openAuditLog(folder)).rejects.toMatchObject({ code: "WB_AUDIT_UNREADABLE", message: expect.stringContaining("record 1") });
  });
});

describe("a disk that is full", () => {
  /** Takes so many bytes, then none. */
  function diskWith(room: number): WriteBytes {
    let left = room;
    return async (handle, bytes) => {
      if (left === 0) throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
      const { bytesWritten } = await handle.write(bytes.subarray(0, left));
      left -= bytesWritten;
      return bytesWritten;
    };
  }

  it("rejects the batch and all later records, and leaves nothing of the batch behind", async () => {
    const folder = fresh();
    const log = await openAuditLog(folder, { write: diskWith(1_000) });
    await log.append(actRecord("1"));
    const batch = await Promise.allSettled(Array.from({ length: 10 }, (_, at) => log.append(actRecord(String(at + 2)))));
    expect(batch.map((outcome) => outcome.status === "rejected" && outcome.reason.code)).toEqual([false, ...Array(9).fill("WB_AUDIT_WRITE")]);
    await expect(log.append(actRecord("12"))).rejects.toMatchObject({ code: "WB_AUDIT_WRITE", message: expect.stringContaining("ENOSPC") });
    expect(log.head().seq).toBe(2);
    expect(await verifyAuditLog(folder)).toMatchObject({ kind: "verified", head: { seq: 2 }, unfinishedBytes: 0 });
    await log.close();
  });

  it("goes on from the last acknowledged record when it is opened again", async () => {
    const folder = fresh();
    const log = await openAuditLog(folder, { write: diskWith(300) });
    await log.append(actRecord("1"));
    await expect(log.append(actRecord("2"))).rejects.toMatchObject({ code: "WB_AUDIT_WRITE" });
    await log.close();
    await withLog(folder, {}, (again) => again.append(actRecord("2")));
    expect(await verifyAuditLog(folder)).toMatchObject({ kind: "verified", head: { seq: 2 } });
  });
});

describe("durability", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
  afterEach(() => void vi.useRealTimers());

  /** A log, and how often its bytes were made durable. */
  async function watched(options: AuditOptions = {}) {
    const datasync = vi.fn(async () => {});
    const write: WriteBytes = async (handle, bytes) => {
      handle.datasync = datasync;
      return (await handle.write(bytes)).bytesWritten;
    };
    return { log: await openAuditLog(fresh(), { write, ...options }), datasync };
  }

  it("comes for all records of a tenth of a second together, and when the log closes", async () => {
    const { log, datasync } = await watched();
    for (let i = 1; i <= 3; i++) await log.append(actRecord(String(i)));
    await vi.advanceTimersByTimeAsync(99);
    expect(datasync).toHaveBeenCalledTimes(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(datasync).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(datasync).toHaveBeenCalledTimes(1);
    await log.append(actRecord("4"));
    await log.close();
    expect(datasync).toHaveBeenCalledTimes(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("comes before the next segment begins", async () => {
    const { log, datasync } = await watched({ segmentBytes: 1 });
    await log.append(actRecord("1"));
    expect(datasync).toHaveBeenCalledTimes(0);
    await log.append(actRecord("2"));
    expect(datasync).toHaveBeenCalledTimes(1);
    await log.close();
  });

  it("that is refused ends the taking of records", async () => {
    const { log, datasync } = await watched();
    datasync.mockRejectedValueOnce(new Error("EIO: i/o error, fdatasync"));
    await log.append(actRecord("1"));
    await vi.advanceTimersByTimeAsync(100);
    await expect(log.append(actRecord("2"))).rejects.toMatchObject({ code: "WB_AUDIT_WRITE", message: expect.stringContaining("EIO") });
    await log.close();
  });
});

describe("reading", () => {
  it("gives the newest first, page by page, to the first record", async () => {
    await withLog(await written(10), {}, async (log) => {
      expect(await log.recent({ limit: 4 })).toMatchObject({ entries: [{ seq: 10 }, { seq: 9 }, { seq: 8 }, { seq: 7 }], next: 7 });
      expect(requests((await log.recent({ limit: 4, before: 7 })).entries)).toEqual([6, 5, 4, 3]);
      expect(await log.recent({ limit: 4, before: 3 })).toMatchObject({ entries: [{ seq: 2 }, { seq: 1 }], next: null });
      expect(await log.recent({ limit: 4, before: 1 })).toEqual({ entries: [], next: null });
      expect(requests((await log.recent({ limit: 2, before: 99 })).entries)).toEqual([10, 9]);
    });
  });

  it("gives one kind of record", async () => {
    await withLog(fresh(), {}, async (log) => {
      for (let i = 1; i <= 9; i++) await log.append(i % 3 === 0 ? actRecord(String(i)) : callRecord(String(i)));
      expect(requests((await log.recent({ limit: 2, kind: "act" })).entries)).toEqual([9, 6]);
      expect(await log.recent({ limit: 2, kind: "act", before: 6 })).toMatchObject({ entries: [{ seq: 3 }], next: null });
    });
  });

  it("gives what a listener missed", async () => {
    await withLog(await written(10), {}, async (log) => {
      expect(requests(await log.since(0, 3))).toEqual([1, 2, 3]);
      expect(requests(await log.since(8, 3))).toEqual([9, 10]);
      expect(await log.since(10, 3)).toEqual([]);
      expect(await log.since(99, 3)).toEqual([]);
    });
  });

  it("of an empty log gives nothing", async () => {
    await withLog(fresh(), {}, async (log) => {
      expect(await log.recent({ limit: 5 })).toEqual({ entries: [], next: null });
      expect(await log.since(0, 5)).toEqual([]);
    });
  });

  it("goes back to files for what is no longer in memory", async () => {
    const folder = await written(5_000, { segmentBytes: 500_000 });
    expect(segmentsIn(folder).length).toBeGreaterThan(1);
    await withLog(folder, { segmentBytes: 500_000 }, async (log) => {
      await appendActs(log, 5_001, 5_100);
      for (const before of [5_101, 4_200, 4_101, 4_100, 2_500, 2_001, 1_001, 30])
        expect(requests((await log.recent({ limit: 1_200, before })).entries)).toEqual(
          Array.from({ length: Math.min(1_200, before - 1) }, (_, at) => before - 1 - at),
        );
      for (const seq of [0, 1, 1_999, 2_000, 3_500, 4_099, 4_100, 5_000, 5_099])
        expect(requests(await log.since(seq, 1_100))).toEqual(Array.from({ length: Math.min(1_100, 5_100 - seq) }, (_, at) => seq + 1 + at));
    });
  });

  it("reads at most 4 MiB for one question and says where to go on", async () => {
    const folder = fresh();
    await withLog(folder, {}, (log) =>
      Promise.all(Array.from({ length: 9_000 }, (_, at) => log.append(at === 0 ? actRecord("0") : callRecord("x".repeat(200))))),
    );
    await withLog(folder, {}, async (log) => {
      const first = await log.recent({ limit: 1, kind: "act" });
      expect(first.entries).toEqual([]);
      const next = first.next ?? 0;
      expect(next).toBeGreaterThan(1_000);
      expect(next).toBeLessThan(8_000);
      expect(await log.recent({ limit: 1, kind: "act", before: next })).toMatchObject({ entries: [{ seq: 1, request: "0" }], next: null });
    });
  });

  it("says where a file was changed beneath it", async () => {
    const folder = await written(1_500);
    await withLog(folder, {}, async (log) => {
      writeFileSync(join(folder, FIRST), readFileSync(join(folder, FIRST), "utf8").replace('"seq":400,', '"seq":401,'));
      await expect(log.recent({ limit: 300, before: 501 })).rejects.toMatchObject({
        code: "WB_AUDIT_BROKEN",
        message: expect.stringContaining("record 400"),
      });
    });
  });
});

describe("subscribe", () => {
  it("tells of each record in order, when it is written, until it is ended", async () => {
    await withLog(fresh(), {}, async (log) => {
      const told: AuditEntry[] = [];
      const end = log.subscribe((entry) => {
        expect(log.head().seq).toBeGreaterThanOrEqual(entry.seq);
        told.push(entry);
      });
      await appendActs(log, 1, 20);
      await new Promise(setImmediate);
      expect(requests(told)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
      expect(told).toEqual(await log.since(0, 20));
      end();
      await log.append(actRecord("21"));
      expect(told).toHaveLength(20);
    });
  });

  it("tells the others when a listener throws", async () => {
    await withLog(fresh(), {}, async (log) => {
      let asked = 0;
      const told: number[] = [];
      log.subscribe(() => {
        asked++;
        throw new Error("a listener's own");
      });
      log.subscribe(({ seq }) => void told.push(seq));
      for (const request of ["1", "2"]) await log.append(actRecord(request));
      expect([asked, told]).toEqual([1, [1, 2]]);
    });
  });
});
