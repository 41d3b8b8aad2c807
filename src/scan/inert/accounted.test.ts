import { describe, expect, it } from "vitest";
import { recordsOf } from "../../../test/fixtures/inert/tf-records.ts";
import { bytesOf } from "../../bytes.ts";
import { DEFAULT_LIMITS } from "../../limits.ts";
import { walkFile } from "../walk.ts";

const PICKLE = Buffer.from("cos\nsystem\n(S'true'\ntR.");
const EVENT = Buffer.from("09000000de4d57d9411a0d627261696e2e4576656e743a32", "hex");
const events = recordsOf(EVENT, Buffer.alloc(300, 7));

const CASES: readonly (readonly [string, Buffer])[] = [["runs/events.out.tfevents.1700000000.host.1.0", events]];

async function seen(name: string, bytes: Uint8Array): Promise<readonly string[]> {
  const report = await walkFile(name, bytesOf(bytes), DEFAULT_LIMITS, () => {});
  return report.findings.map(({ rule, severity }) => `${severity} ${rule}`);
}

describe.each(CASES)("%s", (name, bytes) => {
  it("passes when it is whole", async () => {
    expect(await seen(name, bytes)).toEqual([]);
  });

  it("is said where it is cut", async () => {
    expect(await seen(name, bytes.subarray(0, -1))).not.toEqual([]);
  });

  it("with a pickle behind it shows that", async () => {
    expect((await seen(name, Buffer.concat([bytes, PICKLE]))).join()).toMatch(/(?:critical|high) pickle-callable/);
  });
});

it("records with a pickle in one show that", async () => {
  expect(await seen("a.tfrecord", recordsOf(EVENT, PICKLE))).toEqual(["critical pickle-callable"]);
});
