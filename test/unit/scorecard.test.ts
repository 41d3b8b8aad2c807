import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Examination, verdictOf } from "../../src/scan/examination.ts";
import { ArtifactExaminer } from "../../src/scan/examine-artifact.ts";
import { TECHNIQUES } from "../techniques/index.ts";
import type { Files, Technique } from "../techniques/technique.ts";

/*
 * The ratchet: scorecard.json holds, technique by technique, what was answered. A technique that is answered less than it was, or an honest file that
 * passes no more, fails. Better answers and new techniques are written with `UPDATE_SCORECARD=1 npm run test:unit -- scorecard`.
 */

interface Answers {
  readonly answer: "pass" | "review" | "block";
  readonly nearMiss: "pass" | "review" | "block";
}

const FILE = resolve(import.meta.dirname, "../scorecard.json");
const RANK = ["pass", "review", "block"] as const;
const isUpdate = process.env.UPDATE_SCORECARD === "1";
const known: Readonly<Record<string, Answers>> = JSON.parse(readFileSync(FILE, "utf8"));
const now: Record<string, Answers> = {};
const keyOf = ({ number, title }: Technique) => `${String(number).padStart(3, "0")} ${title}`;

let folder: string;
let examiner: ArtifactExaminer;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "weighbridge-scorecard-"));
  examiner = new ArtifactExaminer({ jobs: 1 });
});
afterAll(async () => {
  await examiner.close();
  rmSync(folder, { recursive: true });
  if (isUpdate) writeFileSync(FILE, `${JSON.stringify(Object.fromEntries(Object.entries(now).sort(([a], [b]) => (a < b ? -1 : 1))), null, 2)}\n`);
});

async function examine(name: string, files: Files): Promise<Examination> {
  const root = join(folder, name);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return examiner.examine(root);
}

const verdict = ({ findings, coverage }: Examination) => verdictOf(findings, coverage);
const said = ({ findings }: Examination) => findings.map(({ rule, severity, title }) => `${severity} ${rule}: ${title}`);

describe.each(TECHNIQUES.map((technique, i) => ({ key: keyOf(technique), technique, i })))("#$key", ({ key, technique, i }) => {
  it(`is answered with ${technique.least} at least; an honest file like it passes`, async () => {
    const shown = await examine(`${i}-shown`, technique.files);
    const honest = await examine(`${i}-honest`, technique.nearMiss);
    now[key] = { answer: verdict(shown), nearMiss: verdict(honest) };
    expect(RANK.indexOf(verdict(shown)), said(shown).join("\n")).toBeGreaterThanOrEqual(RANK.indexOf(technique.least));
    if (technique.names !== undefined) expect(said(shown).join("\n")).toContain(technique.names);
    expect(verdict(honest), said(honest).join("\n")).toBe("pass");
  });
});

it("no technique is answered less than it was, and none is gone", () => {
  for (const [key, before] of Object.entries(known)) {
    const answers = now[key];
    if (answers === undefined) throw new Error(`no example any more: ${key}`);
    expect(RANK.indexOf(answers.answer), key).toBeGreaterThanOrEqual(RANK.indexOf(before.answer));
    expect(RANK.indexOf(answers.nearMiss), key).toBeLessThanOrEqual(RANK.indexOf(before.nearMiss));
  }
});

it.skipIf(isUpdate)("the scorecard says what is answered now", () => {
  expect(known).toEqual(now);
});
