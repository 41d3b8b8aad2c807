import { test } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import type { OwnedSpan } from "../../finding.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { tensorDataFormat } from "./format.ts";

const at = (offset: number, size: number | null): OwnedSpan => ({ offset, size });
const parse = (bytes: Uint8Array, owns: readonly OwnedSpan[], limits = {}) =>
  tensorDataFormat(owns).parse(bytesOf(bytes), new Budget({ ...DEFAULT_LIMITS, ...limits }));
const full = Buffer.alloc(1000, 7);

describe("tensorDataFormat", () => {
  it.each([
    ["the whole file", full, [at(0, 1000)]],
    ["the whole file without a length", full, [at(0, null)]],
    ["two in any order", full, [at(400, 600), at(0, 400)]],
    ["shared bytes", full, [at(0, 1000), at(0, 1000), at(100, 50)]],
    [
      "zeros between and behind",
      Buffer.concat([Buffer.alloc(10, 1), Buffer.alloc(54), Buffer.alloc(10, 1), Buffer.alloc(30)]),
      [at(0, 10), at(64, 10)],
    ],
  ])("finds nothing odd where tensors own %s", async (_, bytes, owns) => {
    const { kind, anomalies, facts } = await parse(bytes, owns);
    expect([kind, anomalies, facts.unowned]).toEqual(["parsed", [], []]);
  });

  it("says which bytes nobody owns", async () => {
    const { anomalies, facts } = await parse(full, [at(0, 100), at(300, 500)]);
    expect(anomalies).toEqual([
      { kind: "gap", at: 100, what: "200 bytes that no tensor owns, between two tensors" },
      { kind: "trailing-bytes", at: 800, what: "200 bytes that no tensor owns, behind the last tensor" },
    ]);
    expect(facts.unowned).toEqual([
      { offset: 100, size: 200 },
      { offset: 800, size: 200 },
    ]);
  });

  it.each([
    ["behind the end", at(2000, 5), { offset: 1000, size: 0 }],
    ["over the end", at(900, 500), { offset: 900, size: 100 }],
    ["of a size that no file has", at(0, Number.MAX_SAFE_INTEGER), { offset: 0, size: 1000 }],
  ])("cuts a tensor %s", async (_, span, held) => {
    const { anomalies, facts } = await parse(full, [at(0, 1000), span]);
    expect(anomalies).toMatchObject([{ kind: "out-of-range", at: span.offset }]);
    expect(facts.heads.every(({ offset, size }) => offset + size <= 1000)).toBe(true);
    expect(held.offset + held.size).toBeLessThanOrEqual(1000);
  });

  it("probes the head of each tensor and searches what nobody owns", async () => {
    const { facts } = await parse(full, [at(0, 100), at(0, 100), at(120, 30), at(200, 800)]);
    const children = tensorDataFormat([]).children?.(facts) ?? [];
    expect(children.map(({ name, treatment }) => [name, treatment])).toEqual([
      ["tensor@0", "probe"],
      ["tensor@200", "probe"],
      ["unowned@100", "search"],
      ["unowned@150", "search"],
    ]);
  });

  it("covers all of what nobody owns, however many pieces it is in", async () => {
    const owns = Array.from({ length: 1500 }, (_, i) => at(i * 4, 2));
    const bytes = Buffer.alloc(6000, 1);
    const { facts } = await parse(bytes, owns);
    expect(facts.unowned).toHaveLength(1000);
    expect(facts.unowned.at(-1)).toEqual({ offset: 3998, size: 2002 });
  });

  it("ends at a bound of steps", async () => {
    expect(await parse(Buffer.alloc(5_000_000), [], { maxSteps: 100 })).toMatchObject({ kind: "limit", why: "maxSteps of 100 reached" });
  });
});

test.prop([fc.array(fc.tuple(fc.nat(300), fc.option(fc.nat(300))), { maxLength: 12 }), fc.nat(250)], { numRuns: 200 })(
  "every byte is owned or nobody's, and never both",
  async (spans, size) => {
    const owns = spans.map(([offset, length]) => at(offset, length));
    const { facts } = await parse(Buffer.alloc(size, 1), owns);
    const isOwned = (byte: number) => owns.some(({ offset, size: length }) => byte >= offset && (length === null || byte < offset + length));
    const isUnowned = (byte: number) => facts.unowned.some(({ offset, size: length }) => byte >= offset && byte < offset + length);
    for (let byte = 0; byte < size; byte++) expect(isOwned(byte)).toBe(!isUnowned(byte));
    expect(facts.ownedBytes + facts.unowned.reduce((sum, extent) => sum + extent.size, 0)).toBe(size);
  },
);

formatContract(tensorDataFormat([at(0, 10), at(64, null)]), [full.subarray(0, 100)]);
