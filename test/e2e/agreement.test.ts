import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { contextOfExamination } from "../../src/admission/context.ts";
import { decideAdmission } from "../../src/policy/decide.ts";
import { loadPolicySet } from "../../src/policy/policy-set.ts";
import { verdictOf } from "../../src/scan/examination.ts";
import { ArtifactExaminer } from "../../src/scan/examine-artifact.ts";
import { shared, withoutShared } from "../shared.ts";

interface Row {
  readonly path: string;
  readonly verdict: "benign" | "malicious" | "malformed" | "review";
  readonly inline?: readonly { readonly at: string; readonly text: string }[];
  readonly symlinks?: readonly { readonly at: string; readonly target: string }[];
}

const OUTCOME = { pass: "allow", review: "hold", block: "deny" } as const;

describe.skipIf(withoutShared)("over the whole corpus (needs ../shared)", () => {
  const rows: readonly Row[] = withoutShared
    ? []
    : readFileSync(shared("corpus/scan/manifest.jsonl"), "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line));
  const examiner = new ArtifactExaminer();
  let corpus: string;

  beforeAll(() => {
    corpus = mkdtempSync(join(tmpdir(), "corpus-"));
    cpSync(shared("corpus/scan"), corpus, { recursive: true });
    for (const row of rows)
      for (const file of row.inline ?? []) {
        mkdirSync(dirname(join(corpus, file.at)), { recursive: true });
        writeFileSync(join(corpus, file.at), file.text);
      }
    for (const row of rows)
      for (const link of row.symlinks ?? []) {
        mkdirSync(dirname(join(corpus, link.at)), { recursive: true });
        symlinkSync(link.target, join(corpus, link.at));
      }
  });
  afterAll(async () => {
    await examiner.close();
    rmSync(corpus, { recursive: true, force: true });
  });

  it("the default policy agrees with the verdict", async () => {
    const policies = loadPolicySet();
    const answers = new Map<string, string[]>();
    for (const row of rows) {
      const examination = await examiner.examine(join(corpus, row.path));
      const verdict = verdictOf(examination.findings, examination.coverage);
      const { outcome } = decideAdmission(policies, {
        principal: "test",
        context: contextOfExamination(examination),
        waivers: [],
        now: "2026-01-01T00:00:00Z",
      });
      if (outcome !== OUTCOME[verdict]) answers.set(row.path, [verdict, outcome]);
    }
    expect(Object.fromEntries(answers)).toEqual({});
    expect(rows.length).toBeGreaterThan(300);
  });
});
