import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unaccountedIn } from "./extra-fields.ts";

const PICKLE = Buffer.from("cos\nsystem\n(S'true'\ntR.");

function field(id: number, body: Uint8Array | string): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt16LE(id, 0);
  header.writeUInt16LE(body.length, 2);
  return Buffer.concat([header, Buffer.from(body)]);
}

function wide(...numbers: readonly number[]): Buffer {
  return Buffer.from(BigUint64Array.from(numbers.map(BigInt)).buffer);
}

const NTFS = Buffer.from(`0000000001001800${"80f0e1d2c3b4d901".repeat(3)}`, "hex");
const OWNERS = Buffer.from("0104e803000004e8030000", "hex");

describe("extra fields that ordinary writers write", () => {
  it.each([
    ["nothing", Buffer.alloc(0)],
    ["torch's alignment", field(0x4246, "Z".repeat(53))],
    ["torch's alignment of no length", field(0x4246, "")],
    ["zipalign's alignment", field(0xd935, Buffer.from([4, 0, 0, 0, 0]))],
    ["zipalign's alignment without a header", Buffer.alloc(3)],
    ["old zipalign's alignment, zeros of any length", Buffer.alloc(61)],
    ["Apache's alignment", field(0xa11e, Buffer.concat([Buffer.from([64, 0]), Buffer.alloc(40)]))],
    ["a growth hint", field(0xa220, Buffer.concat([Buffer.from([0x28, 0xa0, 64, 0]), Buffer.alloc(64)]))],
    ["zip64 as numpy writes it", field(1, wide(1234, 1234))],
    ["zip64 with offset and disk", field(1, Buffer.concat([wide(2 ** 40, 2 ** 40, 2 ** 41), Buffer.alloc(4)]))],
    ["Info-ZIP's times and owners", Buffer.concat([field(0x5455, Buffer.from("03a0b1c26fa0b1c26f", "hex")), field(0x7875, OWNERS)])],
    ["times of Windows", field(0x000a, NTFS)],
    ["a name in UTF-8", field(0x7075, Buffer.concat([Buffer.from([1, 1, 2, 3, 4]), Buffer.from("modèle/poids.bin")]))],
    ["encryption by WinZip", field(0x9901, Buffer.from("02004145030800", "hex"))],
    ["the mark of a jar", field(0xcafe, "")],
  ])("%s: nothing is left over", (_, extra) => {
    expect(unaccountedIn(extra, 100)).toEqual([]);
  });
});

describe("extra fields with bytes that nobody reads", () => {
  it.each([
    ["a kind that nobody knows", field(0x4242, PICKLE), [{ offset: 100, size: 4 + PICKLE.length }]],
    ["torch's kind filled with something else", field(0x4246, PICKLE), [{ offset: 100, size: 4 + PICKLE.length }]],
    ["no fields at all", PICKLE, [{ offset: 100, size: PICKLE.length }]],
    ["something behind the last field", Buffer.concat([field(0x7855, "abcd"), PICKLE]), [{ offset: 108, size: PICKLE.length }]],
    ["zipalign's padding that is no zeros", field(0xd935, Buffer.concat([Buffer.from([4, 0]), PICKLE])), [{ offset: 106, size: PICKLE.length }]],
    ["zip64 beyond its four numbers", field(1, Buffer.concat([wide(1, 2, 3), Buffer.alloc(4), PICKLE])), [{ offset: 128, size: 4 + PICKLE.length }]],
    ["zip64 of text", field(1, PICKLE.subarray(0, 24)), [{ offset: 104, size: PICKLE.length }]],
    ["times beyond three", field(0x5455, Buffer.concat([Buffer.alloc(13), PICKLE])), [{ offset: 117, size: PICKLE.length }]],
    ["owners beyond two", field(0x7875, Buffer.concat([OWNERS, PICKLE])), [{ offset: 115, size: PICKLE.length }]],
    ["owners of absurd length", field(0x7875, Buffer.concat([Buffer.from([1, 23]), PICKLE])), [{ offset: 104, size: 2 + PICKLE.length }]],
    ["times of Windows that are text", field(0x000a, Buffer.concat([NTFS.subarray(0, 8), PICKLE, Buffer.from(" ")])), [{ offset: 104, size: 32 }]],
    ["a name with opcodes in it", field(0x7075, Buffer.concat([Buffer.alloc(5, 1), PICKLE])), [{ offset: 104, size: 5 + PICKLE.length }]],
    ["two kinds in a row", Buffer.concat([field(0x4242, PICKLE), field(0x4343, PICKLE)]), [{ offset: 100, size: 2 * (4 + PICKLE.length) }]],
  ])("%s", (_, extra, spans) => {
    expect(unaccountedIn(extra, 100)).toEqual(spans);
  });

  it("whatever the bytes, every span lies inside and none overlaps the one before", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.nat(1000), (bytes, at) => {
        let end = at;
        for (const span of unaccountedIn(Buffer.from(bytes), at)) {
          expect(span.offset).toBeGreaterThanOrEqual(end);
          end = span.offset + span.size;
          expect(end).toBeLessThanOrEqual(at + bytes.length);
        }
      }),
      { numRuns: 300 },
    );
  });
});
