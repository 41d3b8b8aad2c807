import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Examination, verdictOf, worstSeverity } from "../../src/scan/examination.ts";
import { ArtifactExaminer } from "../../src/scan/examine-artifact.ts";
import { TECHNIQUES } from "../techniques/index.ts";
import { type Answers, lossesOf, type Scorecard } from "../techniques/ratchet.ts";
import { keyOf, writeTechnique } from "../techniques/technique.ts";

/*
 * The ratchet: scorecard.json holds, technique by technique, what was answered and by which rules. Better answers and new techniques are written with
 * `UPDATE_SCORECARD=1 npm run test:unit -- scorecard`, which writes nothing when an answer is weaker, comes from other rules or is gone: such a line is
 * changed by hand, and the message of the commit says why.
 */

const FILE = resolve(import.meta.dirname, "../scorecard.json");
const RANK = ["pass", "review", "block"] as const;
const isUpdate = process.env.UPDATE_SCORECARD === "1";
const known: Scorecard = JSON.parse(readFileSync(FILE, "utf8"));
const now: Record<string, Answers> = {};

let folder: string;
let examiner: ArtifactExaminer;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "weighbridge-scorecard-"));
  examiner = new ArtifactExaminer({ jobs: 1 });
});
afterAll(async () => {
  await examiner.close();
  rmSync(folder, { recursive: true });
});

const verdict = ({ findings, coverage }: Examination) => verdictOf(findings, coverage);
const said = ({ findings }: Examination) => findings.map(({ rule, severity, title }) => `${severity} ${rule}: ${title}`);

function answersOf(shown: Examination, honest: Examination): Answers {
  const severity = worstSeverity(shown.findings);
  const by = shown.findings.filter((finding) => finding.severity === severity).map((finding) => [finding.rule, finding.severity] as const);
  return { answer: verdict(shown), by: Object.fromEntries(by.sort()), nearMiss: verdict(honest) };
}

describe.each(TECHNIQUES.map((technique, i) => ({ key: keyOf(technique), technique, i })))("#$key", ({ key, technique, i }) => {
  it(`is answered with ${technique.least} at least; an honest file like it passes`, async () => {
    const examine = async (kind: "files" | "nearMiss") => {
      const root = join(folder, `${i}-${kind}`);
      writeTechnique(root, technique, kind);
      return examiner.examine(root);
    };
    const shown = await examine("files");
    const honest = await examine("nearMiss");
    expect(now[key], "two techniques of one title").toBeUndefined();
    now[key] = answersOf(shown, honest);
    expect(RANK.indexOf(verdict(shown)), said(shown).join("\n")).toBeGreaterThanOrEqual(RANK.indexOf(technique.least));
    expect(verdict(honest), said(honest).join("\n")).toBe("pass");
    if (technique.names !== undefined) expect(said(shown).join("\n")).toContain(technique.names);
    if (technique.least === "pass") expect(said(honest), "a notice of an honest file").toEqual([]);
  });
});

it("no technique is answered less than it was or by other rules, and none is gone", () => {
  expect(lossesOf(known, now)).toEqual([]);
});

it("the scorecard says what is answered now", () => {
  if (isUpdate && lossesOf(known, now).length === 0) {
    const sorted = Object.fromEntries(Object.entries(now).sort(([a], [b]) => (a < b ? -1 : 1)));
    writeFileSync(FILE, `${JSON.stringify(sorted, null, 2)}\n`);
  } else expect(known).toEqual(now);
});
