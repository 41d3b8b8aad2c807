import { once } from "node:events";
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { jsonLines, scratch, startWeighbridge, weighbridge } from "./cli.ts";

/** What a terminal or a CI log obeys, apart from the line feed. */
const OBEYED = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|^\s*::|##\w*\[/m;

describe("what cannot be done ends with exit 2 and one clear line", () => {
  it.each([
    [["scan"], /missing required argument 'path'.*See weighbridge scan --help \[WB_USAGE\]/],
    [["scan", "--nonsense", "x"], /unknown option '--nonsense'/],
    [["scan", "--jobs", "0", "x"], /Give a whole number from 1 to 1024\. See/],
    [["scan", ""], /an empty path was given/],
    [["verify", ""], /an empty path was given/],
    [["scan", "x", "--json", "--html", "-"], /--json and --html - would mix on stdout/],
    [["registry", "approve", "abc", "--reason", "x", "--days", "99999999"], /Give a whole number from 1 to 36500/],
    [["nonsense"], /unknown command 'nonsense'\. See weighbridge --help/],
    [["scna", "x"], /unknown command 'scna'\. Did you mean scan\? See weighbridge --help \[WB_USAGE\]/],
    [["list"], /unknown command 'list'\. Try weighbridge registry list\. See/],
    [["audit", "x"], /unknown command 'audit'\. Try weighbridge scan\. See/],
    [["examples"], /unknown command 'examples'\. To examine it: weighbridge scan examples\. See/],
    [["scan", "--jsn", "x"], /unknown option '--jsn'\. Did you mean --json\? See weighbridge scan --help/],
    [["scan", "-p", "x"], /unknown option '-p'\. Paths stand by themselves: weighbridge scan PATH/],
    [["scan", "--format=sarif", "x"], /unknown option '--format=sarif'\. Each format has an option: --json, --sarif FILE/],
    [["scan", "-"], /standard input cannot be examined/],
    [["scan", "models/*.pkl"], /models\/\*\.pkl does not exist.*no file matches it/],
    [["scan", "nowhere"], /nowhere does not exist\. Check the path\. \[WB_ARTIFACT_MISSING\]/],
    [["admit", "hf:org/model"], /is a reference.*Download it with the hub's own tool, then give the folder/],
    [["scan", "hf:org/model"], /is a reference/],
    [["admit", "x", "--expect", "sha256:1"], /sha256:1 is no digest/],
    [["verify", "x"], /data holds no installation to ask for a ticket\. Give --ticket FILE and --trust FILE/],
    [["verify", "x", "--ticket", "package.json"], /data holds no installation to ask whom to believe\. Give --trust FILE/],
    [["registry", "approve", "abc"], /required option '--reason <text>' not specified\. See weighbridge registry approve --help/],
    [["log", "verify"], /holds no installation/],
    [["registry", "list"], /holds no installation/],
    [["admit", "examples/clean-heron", "--data", "/proc/nowhere"], /the data directory \/proc\/nowhere cannot be made/],
    [["trust", "export", "-"], /holds no installation/],
    [["policy", "check", "nowhere"], /nowhere cannot be read/],
  ])("%j", (args, message) => {
    const run = weighbridge(scratch(), ...args);
    expect({ status: run.status, stdout: run.stdout }).toEqual({ status: 2, stdout: "" });
    expect(run.stderr).toMatch(message);
    expect(run.stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(run.stderr).not.toMatch(/\n\s+at /);
  });

  it("a report that cannot be written", () => {
    const folder = scratch();
    writeFileSync(join(folder, "README.md"), "# fine\n");
    const run = weighbridge(folder, "scan", join(folder, "README.md"), "--html", join(folder, "none/page.html"));
    expect([run.status, run.stderr]).toEqual([2, expect.stringMatching(/page\.html cannot be written \(ENOENT\).*\[WB_USAGE\]/)]);
  });

  it("a folder of policies that is a link to nowhere is not replaced by the bundled ones", () => {
    const folder = scratch();
    writeFileSync(join(folder, "README.md"), "# fine\n");
    expect(weighbridge(folder, "admit", join(folder, "README.md")).status).toBe(0);
    symlinkSync("/nowhere", join(folder, "data/policies"));
    const run = weighbridge(folder, "admit", join(folder, "README.md"));
    expect([run.status, run.stderr]).toEqual([2, expect.stringContaining("[WB_POLICY_READ]")]);
  });

  it("a reader that goes away gets no stack trace", async () => {
    const folder = scratch();
    writeFileSync(join(folder, "README.md"), "# fine\n");
    const run = startWeighbridge(folder, "scan", "--json", ...Array.from({ length: 20 }, () => join(folder, "README.md")));
    let said = "";
    run.stderr.on("data", (text) => {
      said += text;
    });
    run.stdout.once("data", () => run.stdout.destroy());
    const [status] = await once(run, "close");
    expect([status, said]).toEqual([2, ""]);
  });

  it.each(["loop", "empty-folder"])("%s", (kind) => {
    const folder = scratch();
    const path = join(folder, kind);
    if (kind === "loop") symlinkSync("loop", path);
    else mkdirSync(path);
    const run = weighbridge(folder, "scan", path);
    expect(run.status).toBe(2);
    expect(run.stderr).toMatch(kind === "loop" ? /leads to itself/ : /holds no files/);
  });

  it("is an object with an error in --json, and the other paths are answered", () => {
    const folder = scratch();
    writeFileSync(join(folder, "README.md"), "# fine\n");
    const run = weighbridge(folder, "scan", "--json", join(folder, "nowhere"), join(folder, "README.md"));
    expect(run.status).toBe(2);
    expect(jsonLines(run)).toMatchObject([
      {
        schema: "weighbridge.scan/1",
        source: join(folder, "nowhere"),
        error: { code: "WB_ARTIFACT_MISSING", message: expect.any(String), hint: expect.any(String) },
      },
      { schema: "weighbridge.scan/1", source: join(folder, "README.md"), verdict: "pass" },
    ]);
  });
});

it("verify --json answers with an error object, too", () => {
  const run = weighbridge(scratch(), "verify", "--json", "nowhere");
  expect(run.status).toBe(2);
  expect(jsonLines(run)).toEqual([
    {
      schema: "weighbridge.verify/1",
      source: "nowhere",
      error: { code: "WB_USAGE", message: expect.stringMatching(/data holds no installation to ask for a ticket$/), hint: expect.any(String) },
    },
  ]);
});

describe("odd files are answered, not choked on", () => {
  it.each([
    ["empty.pkl", Buffer.alloc(0), "review"],
    ["empty.txt", Buffer.alloc(0), "pass"],
    ["random.bin", Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919 + (i >> 3) * 104729) % 251)), "review"],
    ["cut.safetensors", Buffer.concat([Buffer.from([200, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('{"a":{"dtype":"F32"')]), "review"],
    ["zeros.pt", Buffer.alloc(5000), "review"],
  ])("%s", (name, bytes, verdict) => {
    const folder = scratch();
    writeFileSync(join(folder, name), bytes);
    expect(jsonLines(weighbridge(folder, "scan", "--json", join(folder, name)))).toMatchObject([{ verdict }]);
  });

  it("a sparse file of 10 GB", () => {
    const folder = scratch();
    const path = join(folder, "huge.bin");
    writeFileSync(path, "");
    truncateSync(path, 10 * 1024 ** 3);
    expect(jsonLines(weighbridge(folder, "scan", "--json", path))).toMatchObject([
      { verdict: "review", artifact: { files: [{ size: 10 * 1024 ** 3 }] } },
    ]);
  });
});

describe("names and texts of an artifact", () => {
  const HOSTILE = [
    "\u001b[2J\u001b]0;owned\u0007.md",
    "::error::owned.txt",
    "\u202egnp.exe",
    "a\nb.md",
    "##[error]x.md",
    "##vso[task.complete result=Succeeded]x.md",
    "tab\t.md",
  ];

  it("reach a terminal, a CI log and SARIF with nothing in them that would be obeyed", () => {
    const folder = scratch();
    const model = join(folder, "model");
    mkdirSync(model);
    for (const name of HOSTILE) writeFileSync(join(model, name), "\u001b[31mred\u001b[0m\n::warning::x\n".repeat(3));
    for (const args of [["scan"], ["scan", "--json"], ["scan", "--sarif", "-"], ["admit"]]) {
      const run = weighbridge(folder, ...args, model);
      expect(run.stdout).not.toMatch(OBEYED);
      expect(run.stderr).not.toMatch(OBEYED);
      expect(run.status).not.toBe(2);
    }
  });

  it("in a path that is wrong, too", () => {
    const run = weighbridge(scratch(), "scan", "\u001b[2Jno\n::error::where");
    expect(run.stderr).not.toMatch(OBEYED);
    expect(run.status).toBe(2);
  });
});
