import { expect, it } from "vitest";
import { ctranslate2Of } from "../../../test/fixtures/tensors/streams.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { ctranslate2Detector } from "./detect.ts";
import { ctranslate2 } from "./format.ts";

const parse = (bytes: Uint8Array) => ctranslate2.parse(bytesOf(bytes), new Budget(DEFAULT_LIMITS));
const detect = (bytes: Uint8Array) => ctranslate2Detector.detect({ head: bytes, tail: bytes, size: bytes.length, at: async () => bytes });
const MODEL = ctranslate2Of(
  [
    { name: "encoder/conv1/weight", shape: [2, 16], type: 1, data: Buffer.alloc(32, 3) },
    { name: "encoder/scale", shape: [], type: 0, data: Buffer.alloc(4) },
    { name: "decoder/bias", shape: [3], type: 4, data: Buffer.alloc(6) },
  ],
  [["decoder/projection/weight", "encoder/conv1/weight"]],
);

it("accounts for every byte of a model, and has variables of bytes probed", async () => {
  expect(await detect(MODEL)).toBe("yes");
  const { kind, facts } = await parse(MODEL);
  expect([kind, facts]).toMatchObject(["parsed", { version: 6, specification: "WhisperSpec", variables: 3, elements: 36, endsAt: MODEL.length }]);
  expect(ctranslate2.children?.(facts)).toEqual([
    { name: "encoder/conv1/weight", region: { in: "slice", offset: 63, size: 32 }, treatment: "probe" },
  ]);
});

it("hands out what follows, and says where it breaks", async () => {
  const { kind, why, facts } = await parse(Buffer.concat([MODEL, Buffer.from("more")]));
  expect([kind, why]).toEqual(["broken", "4 bytes follow the last part of the model"]);
  expect(ctranslate2.children?.(facts)[0]).toEqual({
    name: `unowned@${MODEL.length}`,
    region: { in: "slice", offset: MODEL.length, size: 4 },
    treatment: "search",
  });
  expect(await parse(ctranslate2Of([{ name: "a", shape: [5], type: 0, data: Buffer.alloc(4) }]))).toMatchObject({
    kind: "broken",
    why: 'the variable "a" has 4 bytes for 5 elements',
  });
});

it("hands out no variable that runs past the end", async () => {
  const { kind, facts } = await parse(ctranslate2Of([{ name: "a", shape: [64], type: 1, data: Buffer.alloc(64) }]).subarray(0, 60));
  expect([kind, facts.bytes]).toEqual(["broken", []]);
});

it("is told by the name of a specification", async () => {
  expect(await detect(Buffer.concat([Buffer.from([6, 0, 0, 0, 12, 0]), Buffer.from("other text\0and more")]))).toBe("no");
});

formatContract(ctranslate2, [MODEL]);
