import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from "vitest";
import { bytesOf } from "../../src/bytes.ts";
import { bySeverity, type Finding } from "../../src/finding.ts";
import { DEFAULT_LIMITS } from "../../src/limits.ts";
import { allRules } from "../../src/scan/all-rules.ts";
import { verdictOf } from "../../src/scan/examination.ts";
import { ArtifactExaminer } from "../../src/scan/examine-artifact.ts";
import { walkFile } from "../../src/scan/walk.ts";
import type { Shown } from "../rules/example.ts";
import { RULE_EXAMPLES } from "../rules/index.ts";

let folder: string;
let examiner: ArtifactExaminer;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "weighbridge-rules-"));
  examiner = new ArtifactExaminer({ jobs: 1 });
});
afterAll(async () => {
  await examiner.close();
  rmSync(folder, { recursive: true });
});

function laidOut(name: string, { files, arrange }: Shown): string {
  const root = join(folder, name);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  arrange?.(root);
  return root;
}

async function findingsIn(name: string, shown: Shown): Promise<readonly Finding[]> {
  const root = laidOut(name, shown);
  if (shown.under === "no room for temporary files") return withoutRoom(root, Object.keys(shown.files));
  const examine = async () => {
    const meanwhile = shown.meanwhile ?? (() => {});
    const { findings } = await examiner.examine(root, {
      onProgress: ({ files, totalFiles }) => (files === totalFiles ? meanwhile(root) : undefined),
    });
    return findings;
  };
  return shown.under === "another account" ? asNobody(examine) : examine();
}

/** A superuser may read everything. */
async function asNobody<T>(run: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return run();
  chmodSync(folder, 0o755);
  process.seteuid?.(65_534);
  try {
    return await run();
  } finally {
    process.seteuid?.(0);
  }
}

/** Worker threads have no environment, so this walks here. */
async function withoutRoom(root: string, paths: readonly string[]): Promise<readonly Finding[]> {
  vi.stubEnv("TMPDIR", join(root, "nowhere"));
  onTestFinished(() => void vi.unstubAllEnvs());
  const reports = await Promise.all(paths.map((path) => walkFile(path, bytesOf(readFileSync(join(root, path))), DEFAULT_LIMITS, () => {})));
  return reports.flatMap(({ findings }) => findings);
}

const said = (findings: readonly Finding[]) => findings.map(({ rule, severity, title }) => `${severity} ${rule}: ${title}`).join("\n");
const worstOf = (findings: readonly Finding[], rule: string) =>
  findings
    .filter((finding) => finding.rule === rule)
    .map(({ severity }) => severity)
    .sort(bySeverity)[0];

it.each(RULE_EXAMPLES)("$rule is $severity in its example; an artifact like it passes without it", async ({ rule, severity, fires, silent }) => {
  const found = await findingsIn(`${rule}-fires`, fires);
  expect(worstOf(found, rule), said(found)).toBe(severity);
  const others = await findingsIn(`${rule}-silent`, silent);
  expect(worstOf(others, rule), said(others)).toBeUndefined();
  expect(verdictOf(others, { status: "complete" }), said(others)).toBe("pass");
});

it("every rule has one example, and every example a rule", async () => {
  const rules = (await allRules()).map(({ id }) => id);
  const shown = RULE_EXAMPLES.map(({ rule }) => rule);
  expect(
    rules.filter((rule) => !shown.includes(rule)),
    "rules without an example in test/rules",
  ).toEqual([]);
  expect(
    shown.filter((rule, i) => !rules.includes(rule) || shown.indexOf(rule) !== i),
    "examples of no rule, or of one that has an example",
  ).toEqual([]);
});

it("what is shown is told in one sentence", () => {
  const sentences = RULE_EXAMPLES.flatMap(({ fires, silent }) => [fires.what, silent.what]);
  expect(sentences.filter((sentence) => !/^[A-Z].*[^.]\.$/.test(sentence) || sentence.length > 120)).toEqual([]);
});
