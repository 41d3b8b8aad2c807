import { describe, expect, it } from "vitest";
import { dsStoreOf, imatrixOf, word2vecOf } from "../../../test/fixtures/inert/data-files.ts";
import { recordsOf } from "../../../test/fixtures/inert/tf-records.ts";
import { bytesOf } from "../../bytes.ts";
import { DEFAULT_LIMITS } from "../../limits.ts";
import { walkFile } from "../walk.ts";

const PICKLE = Buffer.from("cos\nsystem\n(S'true'\ntR.");
const EVENT = Buffer.from("09000000de4d57d9411a0d627261696e2e4576656e743a32", "hex");
const events = recordsOf(EVENT, Buffer.alloc(300, 7));

const CASES: readonly (readonly [string, Buffer])[] = [
  ["runs/events.out.tfevents.1700000000.host.1.0", events],
  ["imatrix.dat", imatrixOf()],
  ["model.imatrix", imatrixOf(null)],
  ["GoogleNews-vectors-negative300.bin", word2vecOf()],
  [".DS_Store", dsStoreOf()],
];

async function seen(name: string, bytes: Uint8Array): Promise<readonly string[]> {
  const report = await walkFile(name, bytesOf(bytes), DEFAULT_LIMITS, () => {});
  return report.findings.map(({ rule, severity }) => `${severity} ${rule}`);
}

describe.each(CASES)("%s", (name, bytes) => {
  it("passes when it is whole", async () => {
    expect(await seen(name, bytes)).toEqual([]);
  });

  it("is said where it is cut", async () => {
    expect(await seen(name, bytes.subarray(0, -2))).not.toEqual([]);
  });

  it("with a pickle behind it shows that", async () => {
    expect((await seen(name, Buffer.concat([bytes, PICKLE]))).join()).toMatch(/(?:critical|high) pickle-callable/);
  });
});

it("records with a pickle in one show that", async () => {
  expect(await seen("a.tfrecord", recordsOf(EVENT, PICKLE))).toEqual(["critical pickle-callable"]);
});

it.each([
  ["vocab/lookups.bin", Buffer.from("80", "hex")],
  ["vocab/key2row", Buffer.from("82cf00000000000000ff01cf000000000000010002", "hex")],
])("%s of spaCy passes", async (name, bytes) => {
  expect(await seen(name, bytes)).toEqual([]);
  expect(await seen(name, Buffer.concat([bytes, PICKLE]))).not.toEqual([]);
});
