import { describe, expect, it } from "vitest";
import { recordOf, recordsOf } from "../../../test/fixtures/inert/tf-records.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { tfRecordsDetector } from "./detect.ts";
import { tfRecords } from "./format.ts";

const parse = (bytes: Uint8Array, limits = DEFAULT_LIMITS) => tfRecords.parse(bytesOf(bytes), new Budget(limits));
const detect = (bytes: Buffer) =>
  tfRecordsDetector.detect({ head: bytes, tail: bytes, size: bytes.length, at: async (o, n) => bytes.subarray(o, o + n) });

/** What TensorBoard's writer puts first: wall time, and `brain.Event:2` as the version of the file. */
const VERSION = Buffer.from("09000000de4d57d9411a0d627261696e2e4576656e743a32", "hex");
/** A length of 24 with its checksum, computed bit by bit in Python. */
const LENGTH = Buffer.from("1800000000000000a37f4b22", "hex");
const PICKLE = Buffer.from("cos\nsystem\n(S'true'\ntR.");
const whole = recordsOf(VERSION, Buffer.alloc(0), Buffer.alloc(200_000, 7));

describe("records of TensorFlow", () => {
  it("are known by the checksum of the first length", async () => {
    expect(await detect(whole)).toBe("yes");
    expect(whole.subarray(0, 12)).toEqual(LENGTH);
    expect(await detect(Buffer.concat([Buffer.from([1]), whole.subarray(1)]))).toBe("no");
    expect(await detect(whole.subarray(0, 11))).toBe("no");
  });

  it("are walked to the end", async () => {
    const { kind, facts } = await parse(whole);
    expect([kind, facts]).toEqual(["parsed", { records: 3, endsAt: whole.length, size: whole.length, pickles: [] }]);
    expect(tfRecords.children?.(facts)).toEqual([]);
  });

  it.each<[string, Buffer, string, number]>([
    ["bytes behind the last", Buffer.concat([whole, Buffer.from("more")]), "4 bytes behind 3 records are no record", whole.length],
    ["a record that is cut", whole.subarray(0, -1), "record 2 has 200000 bytes where 200003 are left", 40 + 16],
    ["a changed length", Buffer.concat([recordOf(VERSION), Buffer.alloc(30)]), "the checksum of the length of record 1 does not fit", 40],
    [
      "changed data",
      Buffer.concat([whole.subarray(0, -9), Buffer.from([8]), whole.subarray(-8)]),
      "the checksum of record 2 does not fit its 200000 bytes",
      56,
    ],
  ])("say %s", async (_, bytes, why, at) => {
    const { facts, ...parsed } = await parse(bytes);
    expect(parsed).toEqual({ kind: "broken", anomalies: [], at, why });
    expect(tfRecords.children?.(facts)).toEqual([
      { name: `unowned@${at}`, region: { in: "slice", offset: at, size: bytes.length - at }, treatment: "search" },
    ]);
  });

  it("hand out a pickle in one that calls something", async () => {
    const { facts } = await parse(recordsOf(VERSION, PICKLE));
    expect(facts.pickles).toEqual([{ offset: 52, size: PICKLE.length }]);
    expect(tfRecords.children?.(facts).length).toBe(1);
  });

  it("stop at the bounds", async () => {
    expect(await parse(whole, { ...DEFAULT_LIMITS, maxSteps: 20 })).toMatchObject({ kind: "limit", facts: { records: 2, pickles: [] } });
  });
});

formatContract(tfRecords, [recordsOf(VERSION, Buffer.from("abc"))]);
