import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { shared, withoutShared } from "../../../test/shared.ts";
import { bytesOf } from "../../bytes.ts";
import type { Detector, Format } from "../../format.ts";
import { ggufDetector } from "../../formats/gguf/detect.ts";
import { gguf } from "../../formats/gguf/format.ts";
import { npyDetector } from "../../formats/npy/detect.ts";
import { npy } from "../../formats/npy/format.ts";
import { safetensorsDetector } from "../../formats/safetensors/detect.ts";
import { safetensors } from "../../formats/safetensors/format.ts";
import { safetensorsIndexDetector } from "../../formats/safetensors-index/detect.ts";
import { safetensorsIndex } from "../../formats/safetensors-index/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { ggufExaminer } from "../gguf/examine.ts";
import { npyExaminer } from "../npy/examine.ts";
import { indexExaminer } from "../safetensors-index/examine.ts";
import { safetensorsExaminer } from "./examine.ts";

interface Reader {
  readonly detector: Detector;
  readonly format: Format<unknown>;
  readonly examiner: { examine: typeof safetensorsExaminer.examine };
}

const READERS = [
  { detector: safetensorsDetector, format: safetensors, examiner: safetensorsExaminer },
  { detector: safetensorsIndexDetector, format: safetensorsIndex, examiner: indexExaminer },
  { detector: ggufDetector, format: gguf, examiner: ggufExaminer },
  { detector: npyDetector, format: npy, examiner: npyExaminer },
] as unknown as readonly Reader[]; // each examiner stands beside the format that it reads

/** Formats that claim a file, and what is wrong with it beyond notes: findings, breaks, and what is handed on to be examined or searched. */
async function judge(path: string) {
  const bytes = readFileSync(path);
  const source = bytesOf(bytes);
  const probe = { head: bytes.subarray(0, 4096), tail: bytes.subarray(-4096), size: bytes.length, at: source.read };
  const formats: string[] = [];
  const wrong: string[] = [];
  const handedOn: string[] = [];
  for (const { detector, format, examiner } of READERS) {
    if ((await detector.detect(probe)) === "no") continue;
    formats.push(detector.id);
    const parsed = await format.parse(source, new Budget(DEFAULT_LIMITS));
    if (parsed.kind !== "parsed") wrong.push(parsed.kind);
    const { findings, unexamined } = examiner.examine(parsed as never, { path, name: path, size: bytes.length, containers: [] });
    wrong.push(...findings.filter(({ severity }) => severity !== "info").map(({ rule }) => rule), ...(unexamined ?? []));
    handedOn.push(...(format.children?.(parsed.facts) ?? []).map(({ as, treatment }) => as ?? treatment));
  }
  return { formats, wrong, handedOn };
}

interface Row {
  readonly path: string;
  readonly verdict: string;
  readonly format: string;
}

describe.skipIf(withoutShared)("the examiners of tensor files over real and hostile files (needs ../shared)", () => {
  const rows: readonly Row[] = withoutShared
    ? []
    : readFileSync(shared("corpus/scan/manifest.jsonl"), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line))
        .filter(({ path, format }: Row) => ["safetensors", "safetensors-index", "gguf", "npy"].includes(format) && !path.endsWith("/"));
  const of = (verdict: string) => rows.filter((row) => row.verdict === verdict).map((row): [string, Row] => [row.path, row]);

  it.each(of("benign"))("%s: nothing above a note", async (_, { path, format }) => {
    const { formats, wrong } = await judge(shared(`corpus/scan/${path}`));
    expect([formats, wrong]).toEqual([[format], []]);
  });

  it.each([...of("malicious"), ...of("malformed")])("%s: something is wrong, or handed on", async (_, { path }) => {
    const { formats, wrong, handedOn } = await judge(shared(`corpus/scan/${path}`));
    // An empty file, and a zip under another name, are for the walker.
    if (formats.length > 0) expect(wrong.length + handedOn.filter((treatment) => treatment !== "probe").length).toBeGreaterThan(0);
    else expect(["malformed/empty.safetensors", "malicious/safetensors/zipname.safetensors"]).toContain(path);
  });

  it("says nothing above a note of any model", async () => {
    const files = readdirSync(shared("models"), { recursive: true, encoding: "utf8" }).filter((name) =>
      /\.(safetensors|gguf|index\.json)$/.test(name),
    );
    expect(files.length).toBeGreaterThan(80);
    for (const file of files) expect([file, (await judge(join(shared("models"), file))).wrong]).toEqual([file, []]);
  });
});
