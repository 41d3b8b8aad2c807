import { describe, expect, it } from "vitest";
import { ndarray, type Packed, pack } from "../../../test/fixtures/msgpack/pack.ts";
import { bytesOf } from "../../bytes.ts";
import { msgpackFormat } from "../../formats/msgpack/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { msgpackExaminer } from "./examiner.ts";

async function seen(value: Packed, tail = "") {
  const bytes = Buffer.concat([pack(value), Buffer.from(tail)]);
  const parsed = await msgpackFormat.parse(bytesOf(bytes), new Budget(DEFAULT_LIMITS));
  const { findings, unexamined } = msgpackExaminer.examine(parsed, { path: "m", name: "m", size: bytes.length, containers: [] });
  expect(unexamined).toEqual([]);
  return findings.map(({ rule, severity, title }) => [rule, severity, title]);
}

describe("#120 msgpack", () => {
  it.each<[string, Packed, string, readonly (readonly string[])[]]>([
    ["a state of flax", { params: ndarray([2], "float32", new Uint8Array(8)), step: 1 }, "", []],
    [
      "an unknown extension",
      { params: { code: 9, data: new Uint8Array(3) } },
      "",
      [["msgpack-extension", "medium", "An extension of type 9, which no known writer of checkpoints has"]],
    ],
    ["trailing bytes", { params: 1 }, "tail", [["appended-data", "medium", "4 bytes follow the end of the MessagePack value"]]],
    [
      "a shape that lies",
      { params: ndarray([3], "float32", new Uint8Array(8)) },
      "",
      [["msgpack-structure", "medium", 'The array "params" has 8 bytes, and its shape and type "float32" make 12']],
    ],
  ])("%s", async (_name, value, tail, findings) => {
    expect(await seen(value, tail)).toEqual(findings);
  });

  it("counts parameters", async () => {
    const parsed = await msgpackFormat.parse(bytesOf(pack({ params: ndarray([2, 3], "bfloat16", new Uint8Array(12)) })), new Budget(DEFAULT_LIMITS));
    expect(msgpackExaminer.examine(parsed, { path: "m", name: "m", size: 1, containers: [] }).parameters).toBe(6);
  });
});
