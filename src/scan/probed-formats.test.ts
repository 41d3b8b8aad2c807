import { describe, expect, it } from "vitest";
import { initializer, onnxOf, tensor } from "../../test/fixtures/protobuf/onnx.ts";
import { bytesOf } from "../bytes.ts";
import { DEFAULT_LIMITS } from "../limits.ts";
import { walkFile } from "./walk.ts";

const walk = async (content: Buffer) => {
  const whole = Buffer.concat([content, Buffer.alloc(-content.length & 3)]); // floats
  const model = onnxOf([initializer(tensor("zero_points", [whole.length / 4], whole))]);
  const { findings, unexamined } = await walkFile("m.onnx", bytesOf(model), DEFAULT_LIMITS, () => {});
  return { unexamined, found: findings.filter(({ severity }) => severity !== "info").map(({ rule, severity }) => `${severity} ${rule}`) };
};
const ACTING = Buffer.from("cos\nsystem\n(S'true'\ntR.");

describe("the head of a tensor's content", () => {
  it("may be any number over and over: zero points of quantised weights are", async () => {
    for (let value = 0; value < 256; value++)
      expect([value, await walk(Buffer.alloc(20_000, value))]).toEqual([value, { unexamined: [], found: [] }]);
  });

  it.each([
    ["a pickle that calls", ACTING],
    ["one with PROTO", Buffer.concat([Buffer.from([0x80, 4]), ACTING])],
    ["one behind numbers that are opcodes, too", Buffer.concat([Buffer.alloc(10_000, 0x88), ACTING])],
  ])("is found out as %s", async (_, pickle) => {
    const { found } = await walk(Buffer.concat([pickle, Buffer.alloc(10_000)]));
    expect(found.some((line) => /^(?:high|critical) /.test(line))).toBe(true);
  });
});
