import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { jsonLines, scratch, weighbridge } from "./cli.ts";

const FALCON = resolve(import.meta.dirname, "../../examples/trapped-falcon");

function completed(folder: string, expires = "2999-12-31"): string {
  const file = join(folder, "baseline.yaml");
  weighbridge(folder, "scan", FALCON, "--write-baseline", file);
  const text = readFileSync(file, "utf8")
    .replaceAll('reason: ""', "reason: Looked at it.")
    .replaceAll('approver: ""', "approver: ada")
    .replaceAll('expires: ""', `expires: ${expires}`);
  writeFileSync(file, text);
  return file;
}

it("a completed baseline changes the exit code, and neither the verdict nor what is said", () => {
  const folder = scratch();
  const file = completed(folder);
  const plain = jsonLines(weighbridge(folder, "scan", FALCON, "--json"))[0] ?? {};
  const run = weighbridge(folder, "scan", FALCON, "--json", "--baseline", file);
  const [answer = {}] = jsonLines(run);
  expect({ status: run.status, verdict: answer.verdict }).toEqual({ status: 0, verdict: "block" });
  const findings = answer.findings as Record<string, unknown>[];
  expect(findings.map(({ accepted, ...finding }) => finding)).toEqual(plain.findings);
  expect(findings[0]?.accepted).toEqual({ reason: "Looked at it.", approver: "ada", expires: "2999-12-31" });
});

it("one that is over, or lacks an entry, accepts that much less", () => {
  const folder = scratch();
  expect(weighbridge(folder, "scan", FALCON, "--baseline", completed(folder, "2020-01-01")).status).toBe(1);
  const file = completed(folder);
  writeFileSync(file, readFileSync(file, "utf8").replace(/ {2}- rule: custom-code\n(?: {4}.*\n)+/, ""));
  const run = weighbridge(folder, "scan", FALCON, "--baseline", file);
  expect(run.status).toBe(3);
  expect(run.stdout).toMatch(/^BLOCK[\s\S]*not-examined in modeling_falcon\.py, until 2999-12-31 by ada: Looked at it\./);
  expect(weighbridge(folder, "scan", FALCON, "--baseline", file, "--fail-on", "medium").status).toBe(1);
});

it("accepted findings are suppressed results in SARIF", () => {
  const folder = scratch();
  const run = weighbridge(folder, "scan", FALCON, "--sarif", "-", "--baseline", completed(folder));
  const [result] = JSON.parse(run.stdout).runs[0].results;
  expect(result.suppressions).toEqual([{ kind: "external", status: "accepted", justification: "Looked at it. (ada, until 2999-12-31)" }]);
});

it.each([
  ["rule: [", /baseline\.yaml:1: /],
  ["schema: weighbridge.baseline/1\naccepted:\n  - rule: x\n    path: y\n", /baseline\.yaml:3: accepted\.0\.digest: is no sha256: digest/],
  ["schema: weighbridge.baseline/2\naccepted: []\n", /baseline\.yaml:1: schema: /],
])("one that is not of its form is refused with its line: %j", (text, message) => {
  const folder = scratch();
  writeFileSync(join(folder, "baseline.yaml"), text);
  const run = weighbridge(folder, "scan", FALCON, "--baseline", join(folder, "baseline.yaml"));
  expect({ status: run.status, stdout: run.stdout }).toEqual({ status: 2, stdout: "" });
  expect(run.stderr).toMatch(message);
});

it("--explain says what a rule means; of one that does not exist, which are near", () => {
  const folder = scratch();
  expect(weighbridge(folder, "scan", "--explain", "pickle-callable").stdout).toMatch(
    /^pickle-callable: [\s\S]*\nGain {3}.*\nCheck {2}.*`python3 -m pickletools/,
  );
  expect(weighbridge(folder, "scan", "--explain", "pickle-call")).toMatchObject({ status: 2, stderr: expect.stringContaining("pickle-callable") });
});

it("--cyclonedx lists the files, and lays each finding at one", () => {
  const bom = JSON.parse(weighbridge(scratch(), "scan", FALCON, "--cyclonedx", "-").stdout);
  expect(bom.components.map(({ name }: { name: string }) => name)).toContain("pytorch_model.bin");
  const refs = new Set(bom.components.map((component: { "bom-ref": string }) => component["bom-ref"]));
  for (const { affects } of bom.vulnerabilities) expect(refs).toContain(affects[0].ref);
});
