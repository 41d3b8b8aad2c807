import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { jsonLines, scratch, weighbridge } from "./cli.ts";

/** Folders with a text that passes, one with a file that nobody examines, one with a call. */
function models(): { readonly folder: string; readonly good: readonly string[]; readonly odd: string; readonly bad: string } {
  const folder = scratch();
  const model = (name: string, file: string, content: string) => {
    const path = join(folder, name);
    mkdirSync(path);
    writeFileSync(join(path, file), content);
    return path;
  };
  return {
    folder,
    good: Array.from({ length: 12 }, (_, i) => model(`good${i}`, "README.md", `# Model ${i}\n`)),
    odd: model("odd", "setup.py", "print()\n"),
    bad: model("bad", "x.pkl", "cos\nsystem\n(Vid\ntR."),
  };
}

it("of many paths, those that pass are a line each, and a summary with what to do ends them", () => {
  const { folder, good, odd, bad } = models();
  const run = weighbridge(folder, "scan", ...good, odd, join(folder, "nowhere"), bad);
  expect(run.status).toBe(2);
  const lines = run.stdout.split("\n");
  expect(lines.slice(0, 13)).toEqual([...good.map((path, i) => `PASS    ${path}  1 file, ${i < 10 ? 10 : 11} B (text)`), ""]);
  expect(run.stdout.split(/^(?=15 paths)/m)[1]).toBe(
    `15 paths: 12 pass, 1 review, 1 block, 1 could not be examined
  BLOCK   ${bad}
  REVIEW  ${odd}

  Next: do not load it. Take another variant, or ask the publisher for safetensors without code.
  What a rule means: npx weighbridge scan --explain pickle-callable

`,
  );
});

it("--quiet prints nothing where all passes, and only what does not elsewhere; JSON and reports are whole", () => {
  const { folder, good, odd } = models();
  expect(weighbridge(folder, "scan", "--quiet", ...good)).toMatchObject({ status: 0, stdout: "", stderr: "" });
  expect(weighbridge(folder, "scan", "-q", good[0] ?? "")).toMatchObject({ status: 0, stdout: "", stderr: "" });
  const run = weighbridge(folder, "scan", "-q", ...good, odd);
  expect([run.status, run.stdout.startsWith(`REVIEW  ${odd}\n`), run.stdout.includes("PASS")]).toEqual([3, true, false]);
  expect(jsonLines(weighbridge(folder, "scan", "-q", "--json", ...good))).toHaveLength(12);
});

it("a model that waits for a person is never said to have nothing in it", () => {
  const { folder, odd } = models();
  for (const command of ["scan", "admit"]) {
    const { status, stdout } = weighbridge(folder, command, odd);
    expect([status, stdout]).toEqual([3, expect.stringContaining("  1 part not examined, see below; nothing found in the rest.\n")]);
  }
});

it.each([["version"], ["--version"]])("%s prints the version", (word) => {
  expect(weighbridge(scratch(), word)).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: "" });
});
