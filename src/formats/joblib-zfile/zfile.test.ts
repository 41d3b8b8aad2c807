import { test } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { zfile } from "../../../test/fixtures/joblib/zfile.ts";
import { assemble, PROTO4, str } from "../../../test/fixtures/pickle/assemble.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { joblibZfileDetector } from "./detect.ts";
import { joblibZfile } from "./format.ts";

const parse = (bytes: Uint8Array, limits = {}) => joblibZfile.parse(bytesOf(bytes), new Budget({ ...DEFAULT_LIMITS, ...limits }));
const detect = (bytes: Uint8Array) =>
  joblibZfileDetector.detect({ head: bytes.subarray(0, 4096), tail: bytes, size: bytes.length, at: bytesOf(bytes).read });
const PICKLE = assemble(PROTO4, str("model.pkl_01.npy.z"), "STOP");

/** What `write_zfile` of joblib 0.9 does with `pickle.dumps([1, 2], 3)`, by hand in Python: `0xc` padded to 19, and `zlib.compress(…, 3)`. */
const WRITTEN = Buffer.concat([Buffer.from("ZF0xc                "), Buffer.from("785e6b608e2d64d0f066f4664ad5030012d102a6", "hex")]);

describe("joblibZfile", () => {
  it("is a length and one stream, whose content is a pickle or an array", async () => {
    const file = zfile(PICKLE);
    const { kind, facts, anomalies } = await parse(file);
    expect([kind, anomalies]).toEqual(["parsed", []]);
    expect(facts).toEqual({
      declared: PICKLE.length,
      streamAt: 21,
      inflatedBytes: PICKLE.length,
      streamEnd: file.length,
      size: file.length,
      companions: ["model.pkl_01.npy.z"],
    });
    expect(joblibZfile.children?.(facts)).toEqual([
      { name: "data", region: { in: "compressed", codec: "zlib", offset: 21, compressedSize: file.length - 21 }, treatment: "examine" },
    ]);
  });

  it("reads what Python wrote", async () => {
    expect(await parse(WRITTEN)).toMatchObject({
      kind: "parsed",
      anomalies: [],
      facts: { declared: 12, inflatedBytes: 12, streamEnd: WRITTEN.length },
    });
  });

  it("has one space more where Python 2 wrote it", async () => {
    expect((await parse(zfile(PICKLE, { wide: true }))).facts).toMatchObject({ streamAt: 22, inflatedBytes: PICKLE.length });
  });

  it.each([
    ["as joblib writes it", "0x1f"],
    ["of Python 2", "0x1fL"],
    ["without 0x", "1f"],
    ["with white space and a sign", "\t +0X1f\n"],
    ["with underscores", "0x_1_f"],
  ])("takes a length %s", async (_, length) => {
    const file = zfile(Buffer.alloc(31, 7), { length });
    expect(await detect(file)).toBe("yes");
    expect(await parse(file)).toMatchObject({ kind: "parsed", anomalies: [], facts: { declared: 31 } });
  });

  it("notes a length that lies, and bytes behind the stream", async () => {
    expect((await parse(zfile(PICKLE, { length: "0x3" }))).anomalies).toEqual([
      { kind: "length", at: 0, what: `the header says 3 bytes where ${PICKLE.length} come out` },
    ]);
    const file = zfile(PICKLE);
    const { anomalies, facts } = await parse(Buffer.concat([file, Buffer.from("behind")]));
    expect(anomalies).toEqual([{ kind: "trailing", at: file.length, what: "6 bytes behind the zlib stream" }]);
    expect(joblibZfile.children?.(facts)?.[1]).toEqual({
      name: `trailing@${file.length}`,
      region: { in: "slice", offset: file.length, size: 6 },
      treatment: "search",
    });
  });

  it("keeps what came before a break", async () => {
    const file = zfile(Buffer.concat([PICKLE, Buffer.alloc(5000, 9)]));
    expect(await parse(file.subarray(0, -6))).toMatchObject({
      kind: "broken",
      facts: { declared: PICKLE.length + 5000, companions: ["model.pkl_01.npy.z"] },
    });
  });

  it("ends at a bound of what comes out", async () => {
    expect(await parse(zfile(Buffer.alloc(4_000_000)), { maxInflatedBytes: 100_000, maxSteps: 1000 })).toMatchObject({ kind: "limit" });
  });

  it.each([
    ["BINUNICODE", assemble(["BINUNICODE", Buffer.concat([Buffer.from([7, 0, 0, 0]), Buffer.from("a.npy.z")])])],
    ["SHORT_BINUNICODE", assemble(str("a.npy.z"))],
    ["SHORT_BINSTRING", Buffer.from("U\x07a.npy.z")],
    ["BINSTRING", Buffer.from("T\x07\0\0\0a.npy.z")],
  ])("takes the name of an array from %s", async (_, opcode) => {
    const padded = Buffer.concat([Buffer.alloc(70_000, "x"), opcode, opcode, Buffer.from(".")]);
    expect((await parse(zfile(padded))).facts.companions).toEqual(["a.npy.z"]);
  });

  it("takes no name that no opcode gives", async () => {
    expect((await parse(zfile(Buffer.from("U\x06a.npy.z and X\x07\0\0\x01b.npy.z")))).facts.companions).toEqual([]);
  });

  it.each([
    ["what joblib wrote", zfile(PICKLE), "yes"],
    ["a header that is cut behind its length", zfile(PICKLE).subarray(0, 21), "yes"],
    ["a header that is cut", zfile(PICKLE).subarray(0, 20), "no"],
    ["a word", Buffer.from("ZF and nothing else of it, as in a text"), "no"],
    ["hexadecimal text", Buffer.from("ZF0123456789abcdef0123456789"), "no"],
    ["another letter", Buffer.concat([Buffer.from("zF"), zfile(PICKLE).subarray(2)]), "no"],
  ])("detects %s: %s", async (_, bytes, answer) => {
    expect(await detect(bytes)).toBe(answer);
  });
});

test.prop([fc.uint8Array({ maxLength: 400 }), fc.boolean(), fc.nat(500)], { numRuns: 200 })(
  "a length is noted exactly where it lies",
  async (content, wide, length) => {
    const { kind, anomalies, facts } = await parse(zfile(content, { wide, length: `0x${length.toString(16)}` }));
    expect([kind, facts.inflatedBytes, anomalies.length]).toEqual(["parsed", content.length, length === content.length ? 0 : 1]);
  },
);

formatContract(joblibZfile, [zfile(PICKLE), zfile(Buffer.alloc(300, 1), { wide: true }), WRITTEN]);
