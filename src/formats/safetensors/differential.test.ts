import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { shared, withoutShared } from "../../../test/shared.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { parseGguf } from "../gguf/parse.ts";
import { parseNpy } from "../npy/parse.ts";
import { parseSafetensors } from "./parse.ts";

const FIXTURES = join(import.meta.dirname, "../../../test/fixtures/tensors");
type Recorded = Record<string, Record<string, unknown>>;
const recorded = (name: string): Recorded => JSON.parse(readFileSync(join(FIXTURES, name), "utf8"));
const budget = () => new Budget(DEFAULT_LIMITS);

interface Row {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** The same listing that read.py makes. */
function listingOf(rows: readonly Row[]): string {
  const lines = rows.map(({ name, type, shape, begin, end }) => `${name} ${type} ${shape.join(",")} ${begin} ${end}\n`);
  return createHash("sha256").update(lines.join("")).digest("hex");
}

/** What our parsers say, in the words of the independent reading. */
async function factsOf(path: string): Promise<Record<string, unknown>> {
  const source = bytesOf(readFileSync(path));
  if (path.endsWith(".npy")) {
    const { facts, anomalies, kind } = await parseNpy(source, budget());
    expect([kind, anomalies]).toEqual(["parsed", []]);
    const { version, dataStart, shape, fortranOrder } = facts;
    return { version, dataStart, shape, fortranOrder };
  }
  if (path.endsWith(".gguf")) {
    const { facts, anomalies, kind } = await parseGguf(source, budget());
    expect([kind, anomalies, facts.unowned]).toEqual(["parsed", [], []]);
    const { version, littleEndian, dataStart, parameters } = facts;
    const rows = facts.tensors.map(({ name, type, dimensions, offset, bytes }) => {
      const begin = dataStart + offset;
      return { name, type, shape: dimensions, begin, end: begin + (bytes ?? Number.NaN) };
    });
    const metadata = Object.fromEntries(
      facts.metadata.flatMap(({ key, type, value, elements }) =>
        type === "f32" || type === "f64" ? [] : [[key, elements === undefined ? value : { length: elements.count }]],
      ),
    );
    return { version, littleEndian, dataStart, parameters, tensors: rows.length, metadata, listing: listingOf(rows) };
  }
  const { facts, anomalies, kind } = await parseSafetensors(source, budget());
  expect([kind, anomalies, facts.unowned]).toEqual(["parsed", [], []]);
  const rows = facts.tensors.map(({ dtype, ...tensor }) => ({ ...tensor, type: dtype }));
  const metadata = Object.fromEntries(facts.metadata.map(({ key, value }) => [key, value]));
  return { dataStart: facts.dataStart, parameters: facts.parameters, tensors: rows.length, metadata, listing: listingOf(rows) };
}

describe("the fixtures, as an independent reading has them", () => {
  it.each(Object.entries(recorded("facts.json")))("%s", async (name, facts) => {
    expect(await factsOf(join(FIXTURES, name))).toEqual(facts);
  });
});

describe.skipIf(withoutShared)("real models, as an independent reading has them (needs ../shared)", () => {
  it("has the same tensors at the same places", async () => {
    const files = Object.entries(recorded("shared-facts.json"));
    expect(files.length).toBeGreaterThan(90);
    for (const [path, facts] of files) {
      const { metadata: _, ...ours } = await factsOf(shared(path));
      expect([path, ours]).toEqual([path, facts]);
    }
  });
});
