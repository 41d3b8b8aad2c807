import { expect, it } from "vitest";
import { digestOf } from "../digest.ts";
import type { Finding, Severity } from "../finding.ts";
import type { Examination } from "../scan/examination.ts";
import { nextLines } from "./next-lines.ts";
import { type Answered, answerScreen, passLine, summaryLines } from "./scan-screen.ts";
import { PLAIN } from "./style.ts";

const SCREEN = { style: PLAIN, width: 100 };

const finding = (rule: string, severity: Severity, path: string, title = `${rule} here`): Finding => ({
  rule,
  severity,
  where: { path },
  title,
  explanation: `It says ${path}. ${rule} gains. ${rule} is checked.`,
  proof: null,
  references: [],
});

function answered(source: string, findings: readonly Finding[], exit: number, unexamined: Examination["coverage"]["unexamined"] = []): Answered {
  const examination: Examination = {
    tool: { version: "1.2.3", rules: digestOf("rules"), limits: digestOf("limits") },
    artifact: {
      digest: digestOf("a"),
      omsRoot: null,
      manifest: {
        schema: "weighbridge.manifest/1",
        leftOut: [".cache/huggingface", ".git"],
        entries: [{ path: "m.pkl", type: "file", size: 7, sha256: "" }],
      },
    },
    formats: { "m.pkl": ["pickle"] },
    parameters: 0,
    findings,
    coverage: { status: unexamined.length === 0 ? "complete" : "incomplete", unexamined },
  };
  return { source, examination, remaining: { accepted: new Map(), findings, unexamined }, exit };
}

const PASS = answered("good", [], 0);
const REVIEW = answered("odd", [finding("not-examined", "medium", "setup.py")], 3, [{ path: "setup.py", why: "code" }]);
const many = Array.from({ length: 300 }, (_, i) => finding("calls", "critical", `m${i}.pkl`));
const BLOCK = answered("bad", [...many, finding("lies", "high", "x"), finding("calls", "high", "y", "another")], 1);

it("shows what is said of 300 places once, with the count, and of a told rule only what is new", () => {
  expect(answerScreen(BLOCK, SCREEN).split("\n").slice(5)).toEqual([
    "  302 findings: 300 critical, 2 high",
    "",
    "  CRITICAL calls here",
    "    m0.pkl, m1.pkl, m2.pkl and 297 more places  [calls]",
    "    It says m0.pkl. calls gains. calls is checked.",
    "  HIGH     lies here",
    "    x  [lies]",
    "    It says x. lies gains. lies is checked.",
    "  HIGH     another",
    "    y  [calls]",
    "    It says y.",
  ]);
});

it("never says that nothing was found where a part was not examined", () => {
  const screen = answerScreen(REVIEW, SCREEN);
  expect(screen).toContain("  1 part not examined, see below; nothing found in the rest.\n\n  MEDIUM   Not looked at:\n    setup.py: code");
  expect(answerScreen(PASS, SCREEN)).toMatch(/ {2}Nothing found that stands against it\.$/);
});

it("a part of which a finding tells already is not listed again", () => {
  const link = answered("l", [finding("foreign-link", "medium", "l")], 3, [{ path: "l", why: "/etc" }]);
  expect(answerScreen(link, SCREEN)).not.toContain("Not looked at");
});

it("of several paths, counts the verdicts and lists what does not end with 0, worst first", () => {
  expect(summaryLines([PASS, REVIEW, BLOCK, answered("\u001b[2J", many, 0)], 1, SCREEN)).toEqual([
    "5 paths: 1 pass, 1 review, 2 block, 1 could not be examined",
    "  BLOCK   bad",
    "  REVIEW  odd",
  ]);
});

it("one that passes is a line, with what is small in it, and nothing that a terminal obeys", () => {
  expect(passLine(PASS, PLAIN)).toBe("PASS    good  1 file, 7 B (pickle)");
  expect(passLine(answered("\u001b[2J", [finding("x", "low", "y")], 0), PLAIN)).toBe("PASS    \\u{1b}[2J  1 file, 7 B (pickle); 1 finding: 1 low");
});

it("says what to do next by the worst answer, and nothing where nothing is to be done", () => {
  expect(nextLines([PASS], {}, SCREEN)).toEqual([]);
  expect(nextLines([PASS, REVIEW], {}, SCREEN).join("\n")).toMatch(/^ {2}Next: a person looks at what is named above\./);
  expect(nextLines([REVIEW, BLOCK], {}, SCREEN)).toEqual([
    "  Next: do not load it. Take another variant, or ask the publisher for safetensors without code.",
    "  What a rule means: npx weighbridge scan --explain calls",
  ]);
});

it("advises to read the setting where only settings block", () => {
  const at = (path: string) => answered(path, [finding("config-target", "high", path)], 1);
  expect(nextLines([at("configs/train.json")], {}, SCREEN)[0]).toBe(
    "  Next: do not load it. Read the settings named above; ask the publisher what they are for.",
  );
  expect(nextLines([at("configs/train.json.pkl")], {}, SCREEN)[0]).toContain("safetensors without code");
});

it("says why a run ends with 1 where the verdict does not", () => {
  expect(nextLines([answered("a", [finding("x", "low", "y")], 1)], { failOn: "low" }, SCREEN)[0]).toBe("  Exit 1 by --fail-on low.");
});

it("of an interrupted one, says to run it again", () => {
  const cut = answered("a", [], 2, [{ path: "", why: "out of memory" }]);
  const interrupted = { ...cut, examination: { ...cut.examination, coverage: { ...cut.examination.coverage, status: "interrupted" as const } } };
  expect(nextLines([interrupted], {}, SCREEN)).toEqual(["  Next: run it again; it was not examined to its end."]);
});

it("with a new baseline, says what is to be written in it", () => {
  expect(nextLines([REVIEW], { writeBaseline: "b.yaml" }, SCREEN).join(" ")).toMatch(/complete b\.yaml: a reason, an approver/);
});

it("of a folder of the hub's cache, names the snapshot in it", () => {
  const revision = "0123456789012345678901234567890123456789";
  const entries = ["blobs/a", `snapshots/${revision}/config.json`].map((path) => ({ path, type: "file" as const, size: 1, sha256: "" }));
  const { artifact } = REVIEW.examination;
  const cache = { ...REVIEW, examination: { ...REVIEW.examination, artifact: { ...artifact, manifest: { ...artifact.manifest, entries } } } };
  expect(nextLines([{ ...cache, source: "models--a--b/" }], {}, SCREEN).join(" ")).toContain(`models--a--b/snapshots/${revision}`);
});
