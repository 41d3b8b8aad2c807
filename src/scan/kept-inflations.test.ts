import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { writeZip } from "../../test/fixtures/containers/zip-writer.ts";
import { type ByteSource, bytesOf } from "../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../limits.ts";
import { KeepingRoom, KeptInflations } from "./kept-inflations.ts";
import { walkFile } from "./walk.ts";

const MB = 1024 * 1024;
const REGION = { in: "compressed", codec: "deflate", offset: 5, compressedSize: 100 } as const;

function store(containerBytes = 1000, budget = new Budget(DEFAULT_LIMITS), room = new KeepingRoom()) {
  return { kept: new KeptInflations(containerBytes, budget, room), budget, room };
}

function put(kept: KeptInflations, bytes: number, trouble?: { kind: "broken"; why: string }): void {
  const stream = kept.keep("deflate", 5, 100);
  for (let at = 0; at < bytes; at += MB) stream?.write(Buffer.alloc(Math.min(MB, bytes - at), 7));
  stream?.end(trouble);
  stream?.drop();
}

describe("what a parser inflated", () => {
  it("is taken once, with why it ended early", async () => {
    const { kept } = store();
    put(kept, 3, { kind: "broken", why: "cut off" });
    const taken = kept.take(REGION);
    expect(taken?.trouble).toEqual({ kind: "broken", why: "cut off" });
    expect([...((await taken?.source.read(0, 3)) ?? [])]).toEqual([7, 7, 7]);
    expect(kept.take(REGION)).toBe(null);
    put(kept, 3);
    expect(kept.take({ ...REGION, offset: 6 })).toBe(null);
    expect(kept.take({ ...REGION, size: 3 })).toBe(null); // another reading, which may end elsewhere
  });

  it("gives memory back when it is disposed of, taken or not", () => {
    const { kept, budget, room } = store();
    put(kept, 3 * MB);
    kept.take(REGION)?.dispose();
    put(kept, 3 * MB);
    kept.dispose();
    expect(room.left).toBe(new KeepingRoom().left);
    expect(() => budget.hold(DEFAULT_LIMITS.maxMemoryBytes)).not.toThrow();
  });

  it.each([
    ["larger than a member may be in memory", 9 * MB, 1000, false],
    ["larger than that, and most of its container", 9 * MB, 150, true],
    ["small", MB, 1000, true],
  ])("%s", (_what, bytes, containerBytes, isKept) => {
    const { kept } = store(containerBytes);
    put(kept, bytes);
    const taken = kept.take(REGION);
    expect(taken?.source.size).toBe(isKept ? bytes : undefined);
    taken?.dispose();
  });

  it("is not kept where there is no memory, and nothing fails", () => {
    const { kept } = store(1000, new Budget({ ...DEFAULT_LIMITS, maxMemoryBytes: MB }));
    put(kept, 3 * MB);
    expect(kept.take(REGION)).toBe(null);
  });
});

describe("the walker inflates once", () => {
  /** Bytes that are read of a source while it is examined. */
  async function readOf(name: string, bytes: Uint8Array) {
    const inner = bytesOf(bytes);
    let read = 0;
    const source: ByteSource = {
      size: inner.size,
      read(offset, length) {
        read += length;
        return inner.read(offset, length);
      },
    };
    const report = await walkFile(name, source, DEFAULT_LIMITS, () => {});
    return { times: read / bytes.length, rules: report.findings.map(({ rule }) => rule) };
  }

  it.each([
    ["a stream in memory", "a.gz", gzipSync(randomBytes(2 * MB))],
    ["a stream beyond that", "a.gz", gzipSync(randomBytes(10 * MB))],
    ["a member", "a.zip", writeZip([{ name: "a.bin", data: randomBytes(3 * MB), deflate: true }])],
    ["two members", "a.zip", writeZip(["a", "b"].map((name) => ({ name: `${name}.bin`, data: randomBytes(3 * MB), deflate: true })))],
  ])("%s", async (_what, name, bytes) => {
    const { times, rules } = await readOf(name, bytes);
    expect(rules).toContain("not-examined"); // what is inside
    expect(times).toBeGreaterThan(1);
    expect(times).toBeLessThan(1.5);
  });
});
