import { expect, it } from "vitest";
import { writeTorch } from "../../../test/fixtures/torch/torch-writer.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { parseTorchZip } from "./parse.ts";

const integers = (values: readonly number[]) => values.map((value) => ({ as_int: value }));

function meta(dtype: number, sizes: readonly number[], strides: readonly number[], offset = 0) {
  return { dtype, sizes: integers(sizes), strides: integers(strides), storage_offset: { as_int: offset } };
}

/** What the index makes of weight_0, of 48 bytes. */
async function owned(...payloads: readonly unknown[]) {
  const config = Object.fromEntries(payloads.map((payload, i) => [`w${i}`, payload]));
  const bytes = writeTorch([
    ["m/data/weights/model_weights_config.json", JSON.stringify({ config })],
    ["m/data/weights/weight_0", Buffer.alloc(48)],
  ]);
  const { facts } = await parseTorchZip(bytesOf(bytes), new Budget(DEFAULT_LIMITS));
  return facts.storages.map((storage) => storage.bytes);
}

const payload = (tensor_meta: unknown, path_name = "weight_0", use_pickle: unknown = false) => ({
  path_name,
  is_param: true,
  use_pickle,
  tensor_meta,
});

it.each([
  ["a matrix", meta(7, [3, 4], [4, 1]), 48],
  ["its transposed view", meta(7, [4, 3], [1, 4]), 48],
  ["half precision", meta(13, [3, 4], [4, 1]), 24],
  ["a view that starts later", meta(7, [2], [1], 10), 48],
  ["a scalar", meta(8, [], []), 8],
  ["an empty tensor", meta(7, [0, 4], [4, 1]), 0],
  ["an element type that is not known", meta(99, [3], [1]), null],
  ["a product past every number", meta(7, [2 ** 40, 2 ** 40], [2 ** 40, 1]), null],
])("%s", async (_, tensor, bytes) => {
  expect(await owned(payload(tensor))).toEqual([bytes]);
});

it("a symbolic size leaves the length unknown", async () => {
  const symbolic = { ...meta(7, [1], [1]), sizes: [{ as_expr: { expr_str: "s0" } }] };
  expect(await owned(payload(symbolic))).toEqual([null]);
});

it("of tensors that share a storage the longest counts", async () => {
  expect(await owned(payload(meta(7, [2], [1])), payload(meta(7, [12], [1])), payload(meta(7, [3], [1])))).toEqual([48]);
});

it.each([
  ["pickled", payload(meta(7, [12], [1]), "weight_0", true)],
  ["without a word on pickling", payload(meta(7, [12], [1]), "weight_0", null)],
  ["under a path of its own", payload(meta(7, [12], [1]), "../weights/weight_0")],
])("what is %s is not owned", async (_, entry) => {
  expect(await owned(entry)).toEqual([]);
});
