import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { bytesOf } from "../bytes.ts";
import { DETECTORS } from "../formats/registry.ts";
import { probeOf } from "./probe.ts";

const fixtures = resolve(import.meta.dirname, "../../test/fixtures");
const samples = readdirSync(fixtures, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => readFileSync(join(entry.parentPath, entry.name)))
  .filter((bytes) => bytes.length > 0 && bytes.length < 65_536);

it("no detector answers for content that begins with other bytes than it says", { timeout: 60_000 }, async () => {
  expect(samples.length).toBeGreaterThan(100);
  const indexed = DETECTORS.filter(({ begins }) => begins !== undefined);
  expect(indexed.length).toBeGreaterThan(60);
  const wrong = new Set<string>();
  for (const [n, sample] of samples.entries())
    for (const first of [sample[0] ?? 0, (n * 37) & 0xff, (n * 101 + 50) & 0xff]) {
      const bytes = Buffer.concat([Buffer.from([first]), sample.subarray(1)]);
      for (const { id, begins = "", detect } of indexed)
        if (!begins.includes(String.fromCharCode(first)) && (await detect(await probeOf(bytesOf(bytes)))) !== "no")
          wrong.add(`${id} for 0x${first.toString(16)}`);
    }
  expect([...wrong]).toEqual([]);
});
