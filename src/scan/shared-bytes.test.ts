import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type WrittenMember, writeZip } from "../../test/fixtures/containers/zip-writer.ts";
import { bytesOf } from "../bytes.ts";
import type { ChildRef, Packing } from "../format.ts";
import { Budget, DEFAULT_LIMITS } from "../limits.ts";
import { claimsTooMuch, frameOf } from "./frame.ts";
import { KeepingRoom, KeptInflations } from "./kept-inflations.ts";
import { SharedBytes } from "./shared-bytes.ts";
import { walkFile } from "./walk.ts";

const SYSTEM = Buffer.from("\x80\x02cposix\nsystem\nX\x02\x00\x00\x00id\x85R.", "latin1");

/** `count` names in the directory, all for the bytes of the one member that is there. */
function oneMember(data: Uint8Array, names: readonly string[]): Uint8Array {
  const [first = "", ...others] = names;
  return writeZip([{ name: first, data }, ...others.map((name): WrittenMember => ({ name, data, only: "central", offset: 0 }))]);
}

async function said(bytes: Uint8Array) {
  const { findings, unexamined } = await walkFile("a.zip", bytesOf(bytes), DEFAULT_LIMITS, () => {});
  const inside = findings.filter(({ rule }) => !rule.startsWith("zip-"));
  return { lines: inside.map(({ severity, rule, where, title }) => `${severity} ${rule} ${where.path}: ${title}`), unexamined };
}

const numbered = (count: number, name: (i: number) => string) => Array.from({ length: count }, (_, i) => name(i));

describe("members over the same bytes", () => {
  it("are examined once, and counted", async () => {
    const { lines } = await said(
      oneMember(
        SYSTEM,
        numbered(1000, (i) => `${i}.pkl`),
      ),
    );
    expect(lines).toEqual([
      expect.stringMatching(/^critical pickle-callable a\.zip!\/0\.pkl: /),
      "info shared-bytes a.zip!/0.pkl: 999 more names lead to the same bytes",
    ]);
  });

  it("are examined again under a name that claims another format", async () => {
    const { lines } = await said(oneMember(SYSTEM, ["a.pkl", "b.pkl", "config.json"]));
    expect(lines.filter((line) => line.startsWith("high extension-mismatch a.zip!/config.json"))).toHaveLength(1);
    expect(lines).toContain("info shared-bytes a.zip!/a.pkl: 1 more name leads to the same bytes");
  });

  it("are examined under eight names where the name decides, and then it is said", async () => {
    const text = Buffer.from("print('hello')\n");
    const { lines, unexamined } = await said(oneMember(text, ["README.md", ...numbered(100, (i) => `${i}.py`)]));
    expect(lines.filter((line) => line.startsWith("medium not-examined"))).toHaveLength(7);
    expect(unexamined).toContainEqual({ path: "a.zip!/README.md", why: expect.stringMatching(/^93 more names lead to the same bytes/) });
  });

  it("of other lengths are not the same", async () => {
    const members: WrittenMember[] = [
      { name: "a.pkl", data: SYSTEM },
      { name: "b.pkl", data: SYSTEM, only: "central", offset: 0, compressedSize: SYSTEM.length - 1, size: SYSTEM.length - 1 },
    ];
    const { lines } = await said(writeZip(members));
    expect(lines.filter((line) => line.startsWith("critical")).map((line) => line.split(" ")[2])).toEqual(["a.zip!/a.pkl:", "a.zip!/b.pkl:"]);
  });
});

describe("what is never taken for the same", () => {
  const child = (region: ChildRef["region"], more: Partial<ChildRef> = {}): ChildRef => ({ name: "a", region, treatment: "examine", ...more });
  const packing = (size: number): Packing => ({ method: "lzma2", properties: new Uint8Array(1), filters: [], size, checks: [] });
  const slice = { in: "slice", offset: 5, size: 10 } as const;

  it.each([
    ["bytes in memory", child({ in: "memory", bytes: Buffer.from("a") }), child({ in: "memory", bytes: Buffer.from("b") })],
    [
      "bytes that were packed otherwise",
      child({ in: "packed", offset: 5, packedSize: 10, packing: packing(1) }),
      child({ in: "packed", offset: 5, packedSize: 10, packing: packing(2) }),
    ],
    ["a slice and a stream", child(slice), child({ in: "compressed", codec: "deflate", offset: 5, compressedSize: 10 })],
    ["what is examined and what is searched", child(slice), child(slice, { treatment: "search" })],
    ["what is read as something else", child(slice), child(slice, { as: "jinja" })],
  ])("%s", (_what, one, other) => {
    const shared = new SharedBytes([one, other]);
    shared.examined(one, "a", ["pickle"]);
    expect(shared.isKnown(other, "b", () => true)).toBe(false);
  });
});

/** A chain of members each of which quotes all that follow it in stored blocks of deflate (Fifield, A better zip bomb). */
function quoting(count: number, kernel: Uint8Array): Uint8Array {
  const local = (name: string, size: number) => {
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(8, 8);
    header.writeUInt32LE(size, 18);
    header.writeUInt16LE(name.length, 26);
    return Buffer.concat([header, Buffer.from(name)]);
  };
  const name = (i: number) => `${String(i).padStart(5, "0")}.pkl`;
  let file = deflateRawSync(kernel);
  for (let i = count - 1; i >= 0; i--) {
    const header = local(name(i), file.length);
    const quote = Buffer.alloc(5);
    quote.writeUInt16LE(header.length, 1);
    quote.writeUInt16LE(header.length ^ 0xffff, 3);
    file = Buffer.concat([i === 0 ? Buffer.alloc(0) : quote, header, file]);
  }
  const step = 5 + local(name(0), 0).length;
  const central = numbered(count, name).map((member, i) => {
    const record = Buffer.alloc(46);
    record.writeUInt32LE(0x02014b50, 0);
    record.writeUInt16LE(8, 10);
    record.writeUInt32LE(file.length - i * step - (step - 5), 20);
    record.writeUInt16LE(member.length, 28);
    record.writeUInt32LE(i * step, 42);
    return Buffer.concat([record, Buffer.from(member)]);
  });
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(file.length, 16);
  return Buffer.concat([file, directory, end]);
}

describe("members that quote one another", () => {
  it("are all examined where that is little: what they share is found", async () => {
    const { findings } = await walkFile("a.zip", bytesOf(quoting(100, SYSTEM)), DEFAULT_LIMITS, () => {});
    expect(findings.find(({ severity }) => severity === "critical")).toMatchObject({ rule: "pickle-callable", where: { path: "a.zip!/00099.pkl" } });
    expect(findings.filter(({ rule }) => rule === "limit-exceeded")).toEqual([]);
  });

  it("are examined from the smallest on, until they claim eight times the archive, or 256 MB", () => {
    const slice = (size: number): ChildRef => ({ name: `${size}`, region: { in: "slice", offset: 0, size }, treatment: "examine" });
    const opened = (size: number, children: readonly ChildRef[]) => {
      const kept = new KeptInflations(size, new Budget(DEFAULT_LIMITS), new KeepingRoom());
      const source = { size, read: () => Promise.reject(new Error("not read")) };
      return frameOf({ source, path: "a", formats: [], containers: [], hidden: false, broken: false, children, kept, dispose() {} });
    };
    const visited = (size: number, sizes: readonly number[]) => {
      const frame = opened(size, sizes.map(slice));
      const within = frame.children.findIndex((child) => claimsTooMuch(frame, child));
      return frame.children.slice(0, within === -1 ? undefined : within).map(({ name }) => Number(name) / MB);
    };
    const MB = 1024 * 1024;
    expect(visited(100 * MB, [100 * MB, 90 * MB, 80 * MB])).toEqual([100, 90, 80]);
    expect(visited(MB, [200 * MB, 90 * MB, 80 * MB])).toEqual([80, 90]);
    expect(
      visited(
        100 * MB,
        Array.from({ length: 20 }, () => 100 * MB),
      ),
    ).toHaveLength(8);
  });
});
