import { readFileSync } from "node:fs";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { PROBE_BYTES } from "../../format.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { torchTarDetector } from "./detect.ts";
import { torchTarFormat } from "./format.ts";
import { torchTarObjectFormat } from "./object-format.ts";

const fixture = (name: string) => readFileSync(new URL(`../../../test/fixtures/torch/${name}`, import.meta.url));
const WHOLE = fixture("checkpoint.tar");

const parse = (bytes: Uint8Array) => torchTarFormat.parse(bytesOf(bytes), new Budget(DEFAULT_LIMITS));

function detect(bytes: Uint8Array) {
  return torchTarDetector.detect({
    head: bytes.subarray(0, PROBE_BYTES),
    tail: bytes.subarray(-PROBE_BYTES),
    size: bytes.length,
    at: async (at, length) => bytes.subarray(at, at + length),
  });
}

/** Renames a member in its header and mends the checksum. */
function renamed(from: string, to: string): Uint8Array {
  const bytes = Buffer.from(WHOLE);
  const at = bytes.indexOf(`${from}\0`);
  bytes.fill(0, at, at + 100);
  bytes.write(to, at);
  bytes.fill(0x20, at + 148, at + 156);
  const sum = bytes.subarray(at, at + 512).reduce((a, b) => a + b, 0);
  bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, at + 148);
  return bytes;
}

describe("detection", () => {
  it("needs the members that the loader unpickles", async () => {
    expect(await detect(WHOLE)).toBe("yes");
    expect(await detect(renamed("storages", "./storages"))).toBe("yes");
    expect(await detect(renamed("storages", "storage"))).toBe("no");
    expect(await detect(renamed("pickle", "data/pickle"))).toBe("no");
    expect(await detect(fixture("state_dict.pkl"))).toBe("no");
  });
});

describe("the records", () => {
  it("are stepped over to the last byte of their members", async () => {
    const { kind, facts } = await parse(WHOLE);
    expect(kind).toBe("parsed");
    const [tensors, storages] = facts.records;
    expect(tensors).toMatchObject({ storages: [], rest: null, broken: null });
    expect(tensors?.pickles).toHaveLength(3);
    expect(storages?.pickles).toHaveLength(4);
    expect(storages?.rest).toBeNull();
    const raw = storages?.storages.map(({ offset, size, storageType }) => [storageType, Buffer.from(WHOLE.subarray(offset, offset + size))]);
    expect(raw).toEqual([
      ["FloatStorage", Buffer.from(Float32Array.of(0, 1, 2, 3, 4, 5).buffer)],
      ["LongStorage", Buffer.from(BigInt64Array.of(7n, 9n).buffer)],
    ]);
  });

  it("break where a storage runs past the end, and the rest is examined as the pickle that a loader expects there", async () => {
    const bytes = Buffer.from(WHOLE);
    const { facts } = await parse(WHOLE);
    const [first] = facts.records[1]?.storages ?? [];
    bytes.writeBigUInt64LE(1_000_000n, (first?.offset ?? 0) - 8);
    const broken = await parse(bytes);
    expect(broken).toMatchObject({ kind: "broken", why: expect.stringMatching(/^storages: a storage of 4000000 bytes where \d+ are left$/) });
    expect(torchTarFormat.children?.(broken.facts).at(-1)).toMatchObject({ treatment: "examine", as: "pickle" });
  });

  it("give every child once: pickles examined, storages probed, what is left searched", async () => {
    const { facts } = await parse(fixture("trailing.tar"));
    const children = torchTarFormat.children?.(facts) ?? [];
    expect(children.map(({ treatment, as }) => `${treatment}${as === undefined ? "" : ` ${as}`}`)).toEqual([
      "examine",
      "examine torch-tar-object",
      ...Array(3).fill("examine pickle"),
      ...Array(4).fill("examine pickle"),
      "probe",
      "probe",
      "search",
    ]);
    const rest = children.at(-1)?.region;
    expect(rest).toMatchObject({ in: "slice", size: 22 });
  });
});

it("an object's persistent ids are keys of tensors; what else they are stays", async () => {
  const object = Buffer.from("\x80\x02]q\x00(X\x02\x00\x00\x0012QX\x02\x00\x00\x00abQe.", "latin1");
  const { facts } = await torchTarObjectFormat.parse(bytesOf(object), new Budget(DEFAULT_LIMITS));
  expect(facts.persistentIds).toMatchObject([{ kind: "other", expression: "'ab'" }]);
});

test.prop([fc.nat(WHOLE.length - 1), fc.nat(255)], { numRuns: 200 })(
  "every child lies inside the archive, whatever one byte says",
  async (at, value) => {
    const bytes = Uint8Array.from(WHOLE);
    bytes[at] = value;
    const { facts } = await parse(bytes);
    for (const { region } of torchTarFormat.children?.(facts) ?? [])
      expect(region.in === "slice" && region.offset >= 0 && region.offset + region.size <= bytes.length).toBe(true);
  },
);

formatContract(torchTarFormat, [WHOLE.subarray(0, 6144), fixture("hostile-record.tar").subarray(0, 5120)], { truncateUpTo: 300 });
