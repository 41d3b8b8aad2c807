import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { environment, scratch, weighbridge } from "./cli.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const PAGES = ["README.md", ...globSync("docs/how-to/*.md", { cwd: ROOT }).sort()];
/** What a page takes for granted besides an empty folder with a model in it. */
const ADMITTED: ReadonlySet<string> = new Set(["docs/how-to/policies.md", "docs/how-to/read-the-log.md", "docs/how-to/keys-and-backup.md"]);

interface Block {
  readonly language: string;
  readonly text: string;
}

function blocksOf(page: string): readonly Block[] {
  return [...readFileSync(join(ROOT, page), "utf8").matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", text = ""]) => ({
    language,
    text,
  }));
}

/** A folder as the reader has it: a checkout with a model beside it, and `npx` that runs what is checked out. */
function world(page: string): { readonly cwd: string; readonly env: NodeJS.ProcessEnv } {
  const cwd = scratch();
  for (const name of ["examples", "src"]) symlinkSync(join(ROOT, name), join(cwd, name));
  cpSync(join(ROOT, "examples/clean-heron"), join(cwd, "some-model"), { recursive: true });
  const summariser = join(cwd, "models/summariser");
  cpSync(join(ROOT, "examples/clean-heron"), summariser, { recursive: true });
  writeFileSync(join(summariser, "prompts.list"), "Summarise this.\n");
  mkdirSync(join(cwd, "bin"));
  writeFileSync(
    join(cwd, "bin/npx"),
    `#!/bin/sh\n[ "$1" = weighbridge ] && shift && exec '${process.execPath}' '${join(ROOT, "bin/weighbridge.js")}' "$@"\n`,
  );
  chmodSync(join(cwd, "bin/npx"), 0o755);
  const env = environment(cwd);
  if (ADMITTED.has(page)) expect(weighbridge(cwd, "admit", join(cwd, "some-model")).status).toBe(0);
  return { cwd, env: { ...env, PATH: `${join(cwd, "bin")}:${env.PATH}` } };
}

/** What differs from run to run. */
function masked(text: string): string {
  return text
    .replace(/20\d\d-\d\d-\d\d(T[\d:.]+Z| \d\d:\d\d UTC)?/g, "TIME")
    .replace(/weighbridge\.local\/[0-9a-f]{16}/g, "ORIGIN")
    .replace(/os:[^\s,:]+/g, "os:USER");
}

it.each(PAGES)("every command in %s does what the page says, and prints what it shows", (page) => {
  const { cwd, env } = world(page);
  let printed: readonly string[] = [];
  for (const { language, text } of blocksOf(page)) {
    if (language === "sh") {
      printed = [];
      for (const line of text.split("\n").filter((command) => command !== "" && !command.startsWith("npm "))) {
        const wanted = Number(/# exit (\d)$/.exec(line)?.[1] ?? 0);
        const { status, stdout, stderr } = spawnSync("bash", ["-c", line], { cwd, env, encoding: "utf8" });
        expect({ line, status, stderr }).toEqual({ line, status: wanted, stderr: "" });
        printed = [...printed, ...masked(stdout).split("\n")];
      }
    }
    if (language === "text" && page !== "README.md") {
      const missing = masked(text)
        .split("\n")
        .filter((line) => line !== "…" && !printed.includes(line));
      expect(missing).toEqual([]);
    }
  }
});

it("every name that a page imports is exported", async () => {
  const doors: Readonly<Record<string, object>> = {
    weighbridge: await import("../../src/index.ts"),
    "weighbridge/verify": await import("../../src/verify.ts"),
  };
  const imports = PAGES.flatMap((page) =>
    blocksOf(page)
      .filter(({ language }) => language === "js")
      .flatMap(({ text }) => [...text.matchAll(/import \{([^}]*)\} from "([^"]+)"/g)])
      .flatMap(([, names = "", from = ""]) => names.split(",").map((name) => [from, name.trim()] as const)),
  );
  expect(imports.length).toBeGreaterThan(5);
  expect(imports.filter(([from, name]) => !(name in (doors[from] ?? {})))).toEqual([]);
});

it("the step of the workflow passes what passes, and stops at what a person has to look at", () => {
  const workflow = blocksOf("docs/how-to/scan-in-ci.md").find(({ language, text }) => language === "yaml" && text.startsWith("jobs:"));
  const { jobs } = parse(workflow?.text ?? "") as { jobs: { models: { steps: { name?: string; run?: string }[] } } };
  const script = jobs.models.steps.find(({ name }) => name === "Scan")?.run ?? "";
  const { cwd, env } = world("");
  const run = () => spawnSync("bash", ["-e", "-o", "pipefail", "-c", script], { cwd, env, encoding: "utf8" });
  const held = run();
  expect([held.status, held.stdout]).toEqual([3, expect.stringContaining("::warning::Weighbridge: a person has to look (exit 3)")]);
  expect(JSON.parse(readFileSync(join(cwd, "weighbridge.sarif"), "utf8")).runs[0].results).toHaveLength(1);
  cpSync(join(ROOT, "examples/clean-heron"), join(cwd, "models/clean"), { recursive: true });
  const passing = script.replace("models/summariser", "models/clean");
  expect(spawnSync("bash", ["-e", "-o", "pipefail", "-c", passing], { cwd, env, encoding: "utf8" }).status).toBe(0);
});
