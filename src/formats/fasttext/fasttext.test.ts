import { expect, it } from "vitest";
import { fasttextOf } from "../../../test/fixtures/tensors/streams.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { fasttext } from "./format.ts";

const parse = (bytes: Uint8Array) => fasttext.parse(bytesOf(bytes), new Budget(DEFAULT_LIMITS));

it.each([
  ["plain", fasttextOf()],
  ["quantized", fasttextOf(true)],
])("accounts for every byte of a model: %s", async (_, bytes) => {
  const { kind, facts } = await parse(bytes);
  expect([kind, facts]).toEqual(["parsed", { version: 12, words: 2, labels: 1, elements: 6, endsAt: bytes.length, size: bytes.length }]);
  expect(fasttext.children?.(facts)).toEqual([]);
});

it("hands out what follows the last matrix", async () => {
  const whole = fasttextOf();
  const { kind, why, facts } = await parse(Buffer.concat([whole, Buffer.from("more")]));
  expect([kind, why]).toEqual(["broken", "4 bytes follow the last matrix"]);
  expect(fasttext.children?.(facts)).toEqual([
    { name: `unowned@${whole.length}`, region: { in: "slice", offset: whole.length, size: 4 }, treatment: "search" },
  ]);
});

it("is broken where numbers make no sense", async () => {
  const bytes = fasttextOf();
  bytes.writeInt32LE(4, 64); // four entries of two words and a label
  expect(await parse(bytes)).toMatchObject({ kind: "broken", why: "a dictionary of 4 entries" });
});

formatContract(fasttext, [fasttextOf()]);
