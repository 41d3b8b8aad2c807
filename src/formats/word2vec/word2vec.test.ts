import { expect, it } from "vitest";
import { word2vecOf } from "../../../test/fixtures/inert/data-files.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { word2vecDetector } from "./detect.ts";
import { word2vec } from "./format.ts";

const parse = (bytes: Uint8Array) => word2vec.parse(bytesOf(bytes), new Budget(DEFAULT_LIMITS));
const detect = (bytes: Buffer) =>
  word2vecDetector.detect({ head: bytes, tail: bytes, size: bytes.length, at: async (o, n) => bytes.subarray(o, o + n) });

it.each([
  ["as the original program writes it", word2vecOf()],
  ["as gensim does", word2vecOf("")],
])("accounts for every byte: %s", async (_, bytes) => {
  expect(await detect(bytes)).toBe("maybe");
  const facts = { words: 3, elements: 12, endsAt: bytes.length, size: bytes.length, pickles: [] };
  expect(await parse(bytes)).toEqual({ kind: "parsed", facts, anomalies: [] });
});

it.each([
  ["bytes at the end", Buffer.concat([word2vecOf(), Buffer.from("more")]), "5 bytes follow the last word"],
  ["a cut", word2vecOf("").subarray(0, -1), "16 bytes of content in the 15 that are left"],
  ["a word with a NUL", Buffer.concat([word2vecOf("").subarray(0, 26), Buffer.from("\0"), word2vecOf("").subarray(27)]), "word 1 has no end"],
])("is broken by %s", async (_, bytes, why) => {
  expect(await parse(bytes)).toMatchObject({ kind: "broken", why });
});

it("is no text of vectors, and nothing that is shorter than it says", async () => {
  expect(await detect(Buffer.from("3 4\nthe 0.1 0.2 0.3 0.4\n"))).toBe("no");
  expect(await detect(Buffer.from("2 1\nthe 0.12\nof 0.21\n"))).toBe("no");
  expect(await detect(word2vecOf("").subarray(0, 40))).toBe("no");
});

formatContract(word2vec, [word2vecOf(), word2vecOf("")]);
