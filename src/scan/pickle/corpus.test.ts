import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { shared, withoutShared } from "../../../test/shared.ts";
import { bytesOf } from "../../bytes.ts";
import { bySeverity, type Finding } from "../../finding.ts";
import type { FormatId, Parsed } from "../../format.ts";
import { joblibDetector } from "../../formats/joblib/detect.ts";
import { joblibFormat } from "../../formats/joblib/format.ts";
import { pickleDetector } from "../../formats/pickle/detect.ts";
import { pickleFormat } from "../../formats/pickle/format.ts";
import { torchLegacyDetector } from "../../formats/torch-legacy/detect.ts";
import { torchLegacyFormat } from "../../formats/torch-legacy/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { probeOf } from "../probe.ts";
import { joblibExaminer, pickleExaminer, torchLegacyExaminer } from "./index.ts";

interface Row {
  readonly path: string;
  readonly verdict: "benign" | "malicious" | "malformed";
  readonly format: FormatId;
  readonly class?: string;
  readonly named?: string;
  readonly gray?: boolean;
}

const FORMATS = new Set(["pickle", "joblib", "torch-legacy"]);
const COMPRESSED = /\.(?:xz|lzma|gz|bz2|z)$|_z\.joblib$|empty\.pkl$/;

function rows(verdict: Row["verdict"]): readonly Row[] {
  if (withoutShared) return [];
  const all = readFileSync(shared("corpus/scan/manifest.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line): Row => JSON.parse(line));
  return all.filter((row) => row.verdict === verdict && FORMATS.has(row.format) && !COMPRESSED.test(row.path));
}

async function examine(path: string): Promise<{ readonly kind: Parsed<unknown>["kind"]; readonly findings: readonly Finding[] }> {
  const source = bytesOf(readFileSync(shared(`corpus/scan/${path}`)));
  const probe = await probeOf(source);
  const subject = { path, name: path, size: source.size, containers: [] };
  const budget = new Budget(DEFAULT_LIMITS);
  if ((await torchLegacyDetector.detect(probe)) === "yes") {
    const parsed = await torchLegacyFormat.parse(source, budget);
    return { kind: parsed.kind, findings: torchLegacyExaminer.examine(parsed, subject).findings };
  }
  expect(await pickleDetector.detect(probe)).toBe("yes");
  const isJoblib = (await joblibDetector.detect(probe)) === "yes";
  const parsed = await (isJoblib ? joblibFormat : pickleFormat).parse(source, budget);
  return { kind: parsed.kind, findings: (isJoblib ? joblibExaminer : pickleExaminer).examine(parsed, subject).findings };
}

describe.skipIf(withoutShared)("the corpus of pickles (needs ../shared)", () => {
  it.each(rows("malicious"))("blocks $path", async ({ path, named, class: kind }) => {
    const { findings } = await examine(path);
    const worst = findings.toSorted((a, b) => bySeverity(a.severity, b.severity))[0]?.severity;
    // A bare call into a module that no list knows is medium by the scale (design.md §4).
    expect(kind === "structural" ? ["critical", "high", "medium"] : ["critical", "high"]).toContain(worst);
    if (named !== undefined)
      expect(
        findings
          .filter(({ severity }) => severity === "critical" || severity === "high")
          .map(({ title }) => title)
          .join("\n"),
      ).toContain(named);
  });

  it.each(rows("benign"))("passes $path", async ({ path, gray }) => {
    const { kind, findings } = await examine(path);
    expect(kind).toBe("parsed");
    expect(findings.filter(({ severity }) => severity !== "info" && !(gray === true && severity === "medium")).map(({ title }) => title)).toEqual([]);
  });

  it.each(rows("malformed"))("does not pass $path", async ({ path }) => {
    const { kind, findings } = await examine(path);
    expect(kind !== "parsed" || findings.some(({ severity }) => severity !== "info")).toBe(true);
  });
});
