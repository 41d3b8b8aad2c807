import { expect, it } from "vitest";
import { imatrixOf } from "../../../test/fixtures/inert/data-files.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { imatrixDetector } from "./detect.ts";
import { imatrix } from "./format.ts";

const parse = (bytes: Uint8Array) => imatrix.parse(bytesOf(bytes), new Budget(DEFAULT_LIMITS));
const detect = (bytes: Buffer) =>
  imatrixDetector.detect({ head: bytes, tail: bytes, size: bytes.length, at: async (o, n) => bytes.subarray(o, o + n) });

it.each([
  ["with the data set", imatrixOf()],
  ["without it", imatrixOf(null)],
])("accounts for every byte of a matrix: %s", async (_, bytes) => {
  expect(await detect(bytes)).toBe("maybe");
  const facts = { entries: 2, values: 10, endsAt: bytes.length, size: bytes.length, pickles: [] };
  expect(await parse(bytes)).toEqual({ kind: "parsed", facts, anomalies: [] });
});

it.each([
  ["bytes at the end", Buffer.concat([imatrixOf(), Buffer.from("more")]), "4 bytes follow the name of the data set"],
  ["a cut", imatrixOf(null).subarray(0, -1), "24 bytes of content in the 23 that are left"],
  ["a number below zero", Buffer.concat([imatrixOf().subarray(0, 27), Buffer.alloc(4, 0xff), imatrixOf().subarray(31)]), "-1 calls in entry 0"],
])("is broken by %s", async (_, bytes, why) => {
  expect(await parse(bytes)).toMatchObject({ kind: "broken", why });
});

it("asks for the name of a tensor", async () => {
  expect(await detect(Buffer.from("0200000004000000ffffffff0000000000000000000000000000", "hex"))).toBe("no");
  expect(await detect(Buffer.alloc(40))).toBe("no");
});

formatContract(imatrix, [imatrixOf(), imatrixOf(null)]);
