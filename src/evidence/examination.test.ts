import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Examination } from "../scan/examination.ts";
import { ArtifactExaminer } from "../scan/examine-artifact.ts";
import { examinationStatement, parseExamination } from "./examination.ts";
import { parseStatement, statementBytes } from "./statement.ts";

const SYSTEM = Buffer.from("\x80\x02cposix\nsystem\nX\x02\x00\x00\x00id\x85R.", "latin1");
const PLAIN = Buffer.from("\x80\x02}q\x00X\x01\x00\x00\x00aq\x01K\x01s.", "latin1");

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "examine-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function examine(jobs = 2): Promise<Examination> {
  const examiner = new ArtifactExaminer({ jobs });
  try {
    return await examiner.examine(dir);
  } finally {
    await examiner.close();
  }
}

describe("an examination is evidence", () => {
  beforeAll(() => {
    writeFileSync(join(dir, "config.json"), '{"model_type":"llama","auto_map":{"AutoModel":"a\\ud800b.C"}}');
    writeFileSync(join(dir, "README.md"), "---\nlicense: mit\nmodel-index:\n- results:\n  - metrics:\n    - value: 1\n---\n");
    for (const name of ["__proto__", "constructor"]) writeFileSync(join(dir, name), PLAIN);
    for (let i = 0; i < 40; i++) writeFileSync(join(dir, `${(i * 37) % 40}.pkl`), i % 3 === 0 ? SYSTEM : PLAIN);
    writeFileSync(join(dir, "big.bin"), Buffer.concat([SYSTEM, Buffer.alloc(4_300_000)])); // more than one thread is wanted
  });

  it("with a canonical form, though what was found is no well-formed Unicode", async () => {
    const examination = await examine();
    expect(examination.findings.some(({ where }) => where.path === "config.json")).toBe(true);
    expect(JSON.stringify(examination)).not.toContain("\\ud800");
    expect(statementBytes(examinationStatement(examination)).length).toBeGreaterThan(0);
  });

  it("with formats for files of any name", async () => {
    const { formats } = await examine();
    expect(Object.entries(formats).slice(-3)).toEqual([
      ["big.bin", expect.any(Array)],
      ["config.json", ["json"]],
      ["constructor", ["pickle"]],
    ]);
    expect(new Map(Object.entries(formats)).get("__proto__")).toEqual(["pickle"]);
  });

  it("that is read back as it was, and refused when it is of another form", async () => {
    const examination = await examine();
    const bytes = statementBytes(examinationStatement(examination));
    const statement = parseStatement(bytes, bytes.length);
    if (statement.kind === "broken") throw new Error(statement.why);
    expect(parseExamination(statement.value, examination.artifact)).toEqual({ kind: "parsed", value: examination });
    expect(examination.declared?.card?.evaluations).toEqual([{ task: null, dataset: null, metric: null, value: "1" }]);
    const predicate = { ...(statement.value.predicate as object), findings: [{ rule: "x" }] };
    expect(parseExamination({ ...statement.value, predicate }, examination.artifact)).toEqual({ kind: "broken", why: "a finding lacks severity" });
  });

  it("with the same bytes, however many threads there are", async () => {
    const [one, many] = [await examine(1), await examine(4)].map((examination) => statementBytes(examinationStatement(examination)).toString());
    expect(many).toBe(one);
  });
});
