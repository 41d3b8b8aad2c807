import { expect, it } from "vitest";
import { npyOf } from "../../../test/fixtures/tensors/writers.ts";
import { bytesOf } from "../../bytes.ts";
import { parseNpy } from "../../formats/npy/parse.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { npyExaminer } from "./examine.ts";

const subject = { path: "a.npy", name: "a.npy", size: 0, containers: [] };
const header = (descr: string) => `{'descr': ${descr}, 'fortran_order': False, 'shape': (1,), }`;
async function examine(bytes: Uint8Array) {
  const { findings, unexamined } = npyExaminer.examine(await parseNpy(bytesOf(bytes), new Budget(DEFAULT_LIMITS)), subject);
  return { brief: findings.map(({ rule, severity, where, title }) => [rule, severity, where.offset, title]), unexamined };
}

it("says nothing of plain numbers", async () => {
  expect(await examine(npyOf(header("'<f8'"), new Uint8Array(8)))).toEqual({ brief: [], unexamined: [] });
});

it("says of objects only that they are there: the pickle decides", async () => {
  expect((await examine(npyOf(header("'|O'"), Buffer.from("N.")))).brief).toEqual([
    ["npy-object-array", "info", 128, "An array of Python objects: loading it unpickles what follows the header"],
  ]);
});

it("names the code in a header", async () => {
  expect((await examine(npyOf("__import__('os').system('true')"))).brief).toEqual([
    ["npy-header-expression", "medium", 10, `The header is code, not a dictionary: "__import__('os').system('true')"`],
  ]);
});

it("takes bytes after the array as tampering, and an unknown dtype as not checked", async () => {
  expect((await examine(npyOf(header("'<f8'"), new Uint8Array(9)))).brief).toEqual([
    ["npy-unowned-bytes", "medium", 136, "1 bytes follow the array"],
  ]);
  expect(await examine(npyOf(header("'|Z8'"), new Uint8Array(8)))).toEqual({
    brief: [["npy-dtype", "info", 10, 'The dtype "|Z8" is not known']],
    unexamined: ["the size of an array of an unknown dtype"],
  });
});
