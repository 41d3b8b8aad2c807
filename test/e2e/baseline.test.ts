import { linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { jsonLines, scratch, weighbridge } from "./cli.ts";

const FALCON = resolve(import.meta.dirname, "../../examples/trapped-falcon");

function completed(folder: string, expires = "2999-12-31"): string {
  const file = join(folder, `baseline-${expires}.yaml`);
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
    /^pickle-callable: .*\n\nWhat an attacker gains:\n[\s\S]*\nHow to check by hand:\n.*`python3 -m pickletools[\s\S]*\nWords:\n {2}pickle: Python's own format/,
  );
  for (const slip of ["pickle-call", "pickel-callable", "Pickle_Callable"])
    expect(weighbridge(folder, "scan", "--explain", slip)).toMatchObject({ status: 2, stderr: expect.stringContaining("pickle-callable") });
  const all = weighbridge(folder, "scan", "--explain");
  expect([all.status, all.stdout]).toEqual([0, expect.stringMatching(/^7z-anti-item\n {4}a member[\s\S]*\npickle-callable\n {4}\w/)]);
});

it("says on stderr which entries match nothing that was found, and whose they are", () => {
  const folder = scratch();
  const file = completed(folder);
  const heron = resolve(import.meta.dirname, "../../examples/clean-heron");
  expect(weighbridge(folder, "scan", FALCON, "--baseline", file).stderr).toBe("");
  expect(weighbridge(folder, "scan", heron, FALCON, "--baseline", file).stderr).toBe("");
  const run = weighbridge(folder, "scan", heron, "--baseline", file);
  expect([run.status, run.stderr]).toEqual([
    0,
    expect.stringMatching(/^weighbridge: 5 of 5 valid entries in .* match nothing here: pickle-callable in adapter_model\.safetensors, .*\n$/),
  ]);
});

it("--cyclonedx lists the files, and lays each finding at one", () => {
  const bom = JSON.parse(weighbridge(scratch(), "scan", FALCON, "--cyclonedx", "-").stdout);
  expect(bom.components.map(({ name }: { name: string }) => name)).toContain("pytorch_model.bin");
  const refs = new Set(bom.components.map((component: { "bom-ref": string }) => component["bom-ref"]));
  for (const { affects } of bom.vulnerabilities) expect(refs).toContain(affects[0].ref);
});

it("says how many entries are past their day, on stderr, so that a run that begins to fail has its reason", () => {
  const folder = scratch();
  const run = weighbridge(folder, "scan", FALCON, "--json", "--baseline", completed(folder, "2020-01-01"));
  expect({ status: run.status, stderr: run.stderr }).toEqual({
    status: 1,
    stderr: expect.stringMatching(/: 5 of 5 entries in .* are past their day and/),
  });
});

it("accepted by several findings of one place, an entry is listed once", () => {
  const folder = scratch();
  const model = join(folder, "model");
  mkdirSync(model);
  writeFileSync(join(model, "x.pkl"), "cos\nsystem\n(Vid\ntRcos\nsystem\n(Vls\ntR.");
  const file = join(folder, "b.yaml");
  weighbridge(folder, "scan", model, "--write-baseline", file);
  const said = readFileSync(file, "utf8").replaceAll('reason: ""', "reason: r").replaceAll('approver: ""', "approver: a");
  writeFileSync(file, said.replaceAll('expires: ""', "expires: 2999-12-31"));
  const run = weighbridge(folder, "scan", model, "--baseline", file);
  expect(run.stdout.match(/pickle-callable in x\.pkl, until/g)).toHaveLength(1);
});

it("--write-baseline overwrites nothing; a new one carries over what is accepted, with its words", () => {
  const folder = scratch();
  const file = completed(folder);
  const before = readFileSync(file, "utf8");
  const refused = weighbridge(folder, "scan", FALCON, "--baseline", file, "--write-baseline", file);
  expect(refused).toMatchObject({ status: 2, stdout: "", stderr: expect.stringContaining("exists, and what people wrote in it would be lost") });
  expect(readFileSync(file, "utf8")).toBe(before);
  writeFileSync(file, before.replace(/ {2}- rule: custom-code\n(?: {4}.*\n)+/, ""));
  const renewed = join(folder, "renewed.yaml");
  weighbridge(folder, "scan", FALCON, "--baseline", file, "--write-baseline", renewed);
  const text = readFileSync(renewed, "utf8");
  expect([text.match(/reason: Looked at it\./g)?.length, text.match(/reason: ""/g)?.length]).toEqual([4, 1]);
});

it.each([
  ["the model itself", ["--html", "model.pkl"], "model.pkl would overwrite what is to be examined"],
  ["a file that nobody examines, and that no run wrote", ["--sarif", "other.pkl"], "other.pkl exists, and is no sarif file that Weighbridge wrote"],
  ["the same by a hard link", ["--html", "hard"], "hard exists, and is no html file that Weighbridge wrote"],
  ["the model under another name", ["--sarif", "link"], "link would overwrite what is to be examined"],
  ["another output", ["--html", "out", "--sarif", "link/../out"], "out would overwrite what --sarif writes"],
  ["a file in no folder", ["--cyclonedx", "none/bom.json"], "none/bom.json cannot be written (ENOENT)"],
  ["a folder", ["--html", "."], " cannot be written (EISDIR)"],
])("refuses to write %s, and examines nothing", (_, outputs, message) => {
  const folder = scratch();
  writeFileSync(join(folder, "model.pkl"), "N.");
  writeFileSync(join(folder, "other.pkl"), "N.");
  linkSync(join(folder, "other.pkl"), join(folder, "hard"));
  symlinkSync("model.pkl", join(folder, "link"));
  const placed = outputs.map((word) => (word.startsWith("--") ? word : join(folder, word)));
  const run = weighbridge(folder, "scan", join(folder, "model.pkl"), ...placed);
  expect(run).toMatchObject({ status: 2, stdout: "", stderr: expect.stringContaining(message) });
  for (const name of ["model.pkl", "other.pkl"]) expect(readFileSync(join(folder, name), "utf8")).toBe("N.");
});

it("refuses to write into what is examined: the report would be part of the next examination", () => {
  const folder = scratch();
  mkdirSync(join(folder, "model"));
  writeFileSync(join(folder, "model/README.md"), "# fine\n");
  for (const [command, option] of [
    ["scan", "--sarif"],
    ["scan", "--write-baseline"],
    ["admit", "--html"],
  ] as const) {
    const run = weighbridge(folder, command, join(folder, "model"), option, join(folder, "model/new"));
    expect(run).toMatchObject({ status: 2, stdout: "", stderr: expect.stringContaining("lies in what is to be examined") });
  }
  expect(readdirSync(join(folder, "model"))).toEqual(["README.md"]);
});

it("replaces what an earlier run wrote, and nothing of another kind", () => {
  const folder = scratch();
  const write = (option: string, file: string) => weighbridge(folder, "scan", "-q", FALCON, option, join(folder, file)).status;
  for (const option of ["--sarif", "--html", "--cyclonedx"]) expect([write(option, option), write(option, option)]).toEqual([1, 1]);
  expect([write("--html", "--sarif"), write("--sarif", "--cyclonedx"), write("--cyclonedx", "--html")]).toEqual([2, 2, 2]);
  writeFileSync(join(folder, "empty"), "");
  expect(write("--html", "empty")).toBe(1);
});
