import { expect, it } from "vitest";
import type { CompressedFacts } from "../../formats/compressed/facts.ts";
import { compressedExaminer } from "./index.ts";

const SUBJECT = { path: "w.pkl.gz", name: "w.pkl.gz", size: 1000, containers: [] };
const ORDINARY: CompressedFacts = { codec: "gzip", size: 1000, compressedBytes: 1000, inflatedBytes: 9000, trailing: null, asides: [], unread: null };

function examine(facts: Partial<CompressedFacts>) {
  const parsed = { kind: "parsed", facts: { ...ORDINARY, ...facts }, anomalies: [] } as const;
  return compressedExaminer("gzip")
    .examine(parsed, SUBJECT)
    .findings.map(({ rule, severity, where, title }) => [rule, severity, where, title]);
}

it("an ordinary stream is nothing", () => {
  expect(examine({})).toEqual([]);
});

it("bytes behind the stream are medium, at their offset", () => {
  expect(examine({ trailing: { offset: 900, size: 100 } })).toEqual([
    ["compressed-trailing", "medium", { path: "w.pkl.gz", offset: 900 }, "100 bytes lie behind the end of the gzip stream"],
  ]);
});

it("a high ratio alone is nothing", () => {
  expect(examine({ inflatedBytes: 1024 ** 3 })).toEqual([]);
});
