import { expect, it } from "vitest";
import { writeTorch } from "../../../test/fixtures/torch/torch-writer.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { parseTorchZip } from "./parse.ts";

/** Storage 0 stated `count` times, each time with another number of elements. */
function contradictions(count: number): Buffer {
  const one = (elements: number) => {
    const number = Buffer.from([0x4a, 0, 0, 0, 0]);
    number.writeInt32LE(elements, 1);
    const before = Buffer.from("(X\x07\0\0\0storagectorch\nByteStorage\nX\x01\0\0\x000X\x03\0\0\0cpu", "latin1");
    return Buffer.concat([before, number, Buffer.from("tQ")]);
  };
  return Buffer.concat([Buffer.from("\x80\x02](", "latin1"), ...Array.from({ length: count }, (_, i) => one(i + 1)), Buffer.from("e.")]);
}

async function stepsOf(claims: number, members: number): Promise<number> {
  const same = Array.from({ length: members }, (): [string, string] => ["m/data/0", "x"]);
  const budget = new Budget(DEFAULT_LIMITS);
  await parseTorchZip(bytesOf(writeTorch([["m/data.pkl", contradictions(claims)], ...same])), budget);
  return DEFAULT_LIMITS.maxSteps - budget.stepsLeft;
}

it("many statements about one storage, of which there are many members, are charged for each pair", async () => {
  const [few, many] = [await stepsOf(100, 10), await stepsOf(100, 1000)];
  expect(many - few).toBeGreaterThan(100 * 990);
  expect(many - few).toBeLessThan(100 * 990 + 100_000);
});

it("a budget that runs out keeps what is known and says that the index is not", async () => {
  const bytes = writeTorch([
    ["m/data.pkl", contradictions(5000)],
    ["m/data/0", "x"],
  ]);
  const parsed = await parseTorchZip(bytesOf(bytes), new Budget({ ...DEFAULT_LIMITS, maxSteps: 20_000 }));
  expect(parsed).toMatchObject({ kind: "limit", facts: { indexed: false } });
});
