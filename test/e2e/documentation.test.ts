import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { parse, parseDocument } from "yaml";
import { environment, scratch } from "./cli.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const PAGES = ["README.md", ...globSync("docs/how-to/*.md", { cwd: ROOT }).sort()];
/** The page that says where the model of all others comes from. */
const FIRST = "docs/how-to/first-admission.md";
/** Pages that take for granted that the model was admitted. */
const ADMITTED: ReadonlySet<string> = new Set([
  "docs/how-to/access.md",
  "docs/how-to/policies.md",
  "docs/how-to/read-the-log.md",
  "docs/how-to/keys-and-backup.md",
]);

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

/** A folder as the reader has it: a checkout with the model of the first page, a home of its own, and `npx` that runs what is checked out. */
function world(page: string): { readonly cwd: string; readonly env: NodeJS.ProcessEnv } {
  const cwd = scratch();
  for (const name of ["examples", "src"]) symlinkSync(join(ROOT, name), join(cwd, name));
  if (page !== FIRST) cpSync(join(ROOT, "examples/clean-heron"), join(cwd, "some-model"), { recursive: true });
  mkdirSync(join(cwd, "bin"));
  writeFileSync(
    join(cwd, "bin/npx"),
    `#!/bin/sh\n[ "$1" = --no-install ] && shift\n[ "$1" = weighbridge ] && shift && exec '${process.execPath}' '${join(ROOT, "bin/weighbridge.js")}' "$@"\n`,
  );
  chmodSync(join(cwd, "bin/npx"), 0o755);
  const { WEIGHBRIDGE_DATA, XDG_DATA_HOME, XDG_STATE_HOME, ...inherited } = environment(cwd);
  const env = { ...inherited, HOME: join(cwd, "home"), PATH: `${join(cwd, "bin")}:${inherited.PATH}` };
  if (ADMITTED.has(page)) expect(spawnSync("npx", ["weighbridge", "admit", "some-model"], { cwd, env }).status).toBe(0);
  return { cwd, env };
}

/** A repository with the model of the page about CI, made by the commands of that page. */
function repository(): ReturnType<typeof world> {
  const { cwd, env } = world("");
  const [commands] = blocksOf("docs/how-to/scan-in-ci.md");
  expect(spawnSync("bash", ["-ec", commands?.text ?? ""], { cwd, env }).status).toBe(0);
  return { cwd, env };
}

/** What differs from run to run. */
function masked(text: string): string {
  return text
    .replace(/20\d\d-\d\d-\d\d(T[\d:.]+Z| \d\d:\d\d UTC)?/g, "TIME")
    .replace(/weighbridge\.local\/[0-9a-f]{16}/g, "ORIGIN")
    .replace(/local:[^\s,:]+/g, "local:USER");
}

const DOORS = { weighbridge: join(ROOT, "src/index.ts"), "weighbridge/verify": join(ROOT, "src/verify.ts") };

/** Runs a program of a page, with what is checked out as the package. */
function runModule(text: string, cwd: string, env: NodeJS.ProcessEnv) {
  const module = join(cwd, "page.mjs");
  writeFileSync(
    module,
    text.replace(/ from "(weighbridge[^"]*)"/g, (_, door: keyof typeof DOORS) => ` from ${JSON.stringify(pathToFileURL(DOORS[door]).href)}`),
  );
  return spawnSync(process.execPath, [module], { cwd, env, encoding: "utf8" });
}

it.each(PAGES)("every command in %s does what the page says, and prints what it shows", (page) => {
  const { cwd, env } = world(page);
  let printed: readonly string[] = [];
  const set: string[] = []; // variables, which the reader's shell keeps
  for (const { language, text } of blocksOf(page)) {
    if (language === "sh") {
      printed = [];
      for (const line of text.split("\n").filter((command) => command !== "" && !command.startsWith("npm "))) {
        const wanted = Number(/# exit (\d)$/.exec(line)?.[1] ?? 0);
        if (/^[A-Z_]+=/.test(line)) set.push(line);
        const { status, stdout, stderr } = spawnSync("bash", ["-c", [...set, line].join("\n")], { cwd, env, encoding: "utf8" });
        expect({ line, status, stderr }).toEqual({ line, status: wanted, stderr: "" });
        printed = [...printed, ...masked(stdout).split("\n")];
      }
    }
    if (language === "js") {
      const { status, stdout, stderr } = runModule(text, cwd, env);
      expect({ text, status, stderr }).toEqual({ text, status: 0, stderr: "" });
      printed = masked(stdout).split("\n");
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
  const doors: Readonly<Record<string, object>> = Object.fromEntries(
    await Promise.all(Object.entries(DOORS).map(async ([door, file]) => [door, await import(file)] as const)),
  );
  const imports = PAGES.flatMap((page) =>
    blocksOf(page)
      .filter(({ language }) => language === "js")
      .flatMap(({ text }) => [...text.matchAll(/import \{([^}]*)\} from "(weighbridge[^"]*)"/g)])
      .flatMap(([, names = "", from = ""]) => names.split(",").map((name) => [from, name.trim()] as const)),
  );
  expect(imports.length).toBeGreaterThan(5);
  expect(imports.filter(([from, name]) => !(name in (doors[from] ?? {})))).toEqual([]);
});

it("the step of the workflow passes what passes, and stops at what a person has to look at", () => {
  const workflow = blocksOf("docs/how-to/scan-in-ci.md").find(({ language, text }) => language === "yaml" && text.includes("\njobs:"));
  const { jobs } = parse(workflow?.text ?? "") as { jobs: { models: { steps: { name?: string; run?: string }[] } } };
  const script = jobs.models.steps.find(({ name }) => name === "Scan")?.run ?? "";
  const { cwd, env } = repository();
  writeFileSync(join(cwd, "weighbridge-baseline.yaml"), "schema: weighbridge.baseline/1\naccepted: []\n");
  const run = () => spawnSync("bash", ["-e", "-o", "pipefail", "-c", script], { cwd, env, encoding: "utf8" });
  const held = run();
  expect([held.status, held.stdout]).toEqual([3, expect.stringContaining("::warning::Weighbridge: a person has to look (exit 3)")]);
  expect(JSON.parse(readFileSync(join(cwd, "weighbridge.sarif"), "utf8")).runs[0].results).toHaveLength(1);
  cpSync(join(ROOT, "examples/clean-heron"), join(cwd, "models/clean"), { recursive: true });
  const passing = script.replace("models/summariser", "models/clean");
  expect(spawnSync("bash", ["-e", "-o", "pipefail", "-c", passing], { cwd, env, encoding: "utf8" }).status).toBe(0);
});

const RECIPES = PAGES.flatMap((page) => blocksOf(page).flatMap(({ language, text }) => (language === "yaml" ? [{ page, text }] : [])));

it.each(RECIPES)("a recipe of $page is YAML without errors and warnings", ({ text }) => {
  const { errors, warnings } = parseDocument(text, { strict: true });
  expect([errors, warnings]).toEqual([[], []]);
});

it("the script of the GitLab recipe ends with 3 at what a person has to look at, which the job allows alone", () => {
  const { weighbridge: job } = parse(RECIPES.find(({ text }) => text.startsWith("weighbridge:\n"))?.text ?? "");
  expect(job.allow_failure).toEqual({ exit_codes: 3 });
  const { cwd, env } = repository();
  writeFileSync(join(cwd, "weighbridge-baseline.yaml"), "schema: weighbridge.baseline/1\naccepted: []\n");
  expect(spawnSync("bash", ["-e", "-c", job.script.at(-1)], { cwd, env }).status).toBe(3);
  expect(readFileSync(join(cwd, job.artifacts.paths[0]), "utf8")).toContain("<title>Review: models/summariser – Weighbridge</title>");
});

it("the hook of pre-commit takes model files, passes what passes, and says why it does not", () => {
  const [hook] = parse(RECIPES.find(({ text }) => text.startsWith("repos:"))?.text ?? "").repos[0].hooks;
  const takes = (name: string) => new RegExp(hook.files).test(name);
  expect(["a/model.pt", "x.safetensors", "y.gguf", "m.nemo"].map(takes)).toEqual([true, true, true, true]);
  expect(["a.py", "README.md", "pt"].map(takes)).toEqual([false, false, false]);
  const { cwd, env } = world("");
  const run = (...files: readonly string[]) => spawnSync("bash", ["-c", `${hook.entry} "$@"`, "hook", ...files], { cwd, env, encoding: "utf8" });
  expect(run("some-model/model.safetensors")).toMatchObject({ status: 0, stdout: "", stderr: "" });
  const stopped = run("some-model/model.safetensors", "examples/trapped-falcon/pytorch_model.bin");
  expect([stopped.status, stopped.stdout]).toEqual([1, expect.stringMatching(/^BLOCK {2}examples\/trapped-falcon\/pytorch_model\.bin/)]);
});
