import { execFile } from "node:child_process";
import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { referencePages } from "../../scripts/reference-pages.ts";
import { digestOf } from "../../src/digest.ts";
import { IDENTIFIED_DETECTORS, UNRECOGNISED } from "../../src/formats/identified/detect.ts";
import { FORMATS } from "../../src/formats/registry.ts";
import { DEFAULT_LIMITS } from "../../src/limits.ts";
import { gapsOf, loadCases, runCases } from "../../src/policy/cases.ts";
import { contextOf } from "../../src/policy/context.ts";
import { DEFAULT_POLICIES, loadPolicySet } from "../../src/policy/policy-set.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const LAUNCHER = join(ROOT, "bin/weighbridge.js");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const PAGES = globSync(["*.md", "docs/**/*.md"], { cwd: ROOT }).sort();

/** Standard output of the command line, whatever it exits with. */
async function outputOf(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const run = promisify(execFile)(process.execPath, [LAUNCHER, ...args], { cwd: ROOT, env: { ...process.env, CI: "true", NO_COLOR: "1", ...env } });
  return (await run.catch((error: { stdout: string }) => error)).stdout;
}

/** The text between a heading and the next one of its level. */
function section(page: string, heading: string): string {
  return read(page).split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
}

/** GitHub's anchor of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");
}

/** A folder of the test's own, removed when it ends. */
function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "documentation-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** `context.scan.counts.high` for each leaf of nested objects. */
function attributesOf(value: unknown, path: string): readonly string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([name, member]) => attributesOf(member, `${path}.${name}`));
}

/** Names of all members; those inside a proof differ by rule. */
function membersOf(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(membersOf);
  return Object.entries(value).flatMap(([name, member]) => [name, ...(name === "proof" ? [] : membersOf(member))]);
}

it.each(PAGES)("every link in %s leads to a file, and every anchor to a heading", (page) => {
  const prose = read(page).replace(/^```[\s\S]*?^```/gm, "");
  for (const [, target = ""] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    const [path = "", anchor] = target.split("#");
    const file = path === "" ? page : join(dirname(page), path);
    expect(existsSync(join(ROOT, file)), `${page} links to ${target}`).toBe(true);
    if (anchor === undefined) continue;
    const anchors = [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading));
    expect(anchors, `${page} links to ${target}`).toContain(anchor);
  }
});

it("every test that the threat model names exists", () => {
  const named = [...read("docs/threat-model.md").matchAll(/`([^`]+\.test\.ts)`: (?:"([^"]+)"$)?/gm)];
  expect(named.length).toBeGreaterThan(30);
  for (const [, file = "", title = ""] of named)
    expect(existsSync(join(ROOT, file)) && read(file).includes(`"${title}"`), `${file}: ${title}`).toBe(true);
});

it("the bounds in docs/limits.md are the default limits", () => {
  const stated = [...section("docs/limits.md", "Bounds").matchAll(/^\| `(\w+)` \| ([\d,]+) \|/gm)];
  expect(Object.fromEntries(stated.map(([, name, value = ""]) => [name, Number(value.replaceAll(",", ""))]))).toEqual(DEFAULT_LIMITS);
});

it("docs/limits.md names every format that is examined, and how many are only identified", () => {
  const examined = section("docs/limits.md", "What is examined");
  const named = [...examined.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, cell = ""]) => cell.match(/[\w-]+/g) ?? []);
  const identified = IDENTIFIED_DETECTORS.map(({ id }) => id);
  expect(named.sort()).toEqual(
    Object.keys(FORMATS)
      .filter((id) => id !== UNRECOGNISED && !identified.includes(id))
      .sort(),
  );
  expect(examined).toContain(`[${identified.length} more formats]`);
});

it("the generated pages of docs/reference are what the code says now (if not: node scripts/make-reference.ts)", async () => {
  for (const [path, text] of await referencePages()) expect(read(path), path).toBe(text);
});

it("the policy and the cases in docs/how-to/policies.md work beside the default policies, and leave no gap", () => {
  const block = (language: string) => new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(read("docs/how-to/policies.md"))?.[1] ?? "";
  const folder = scratch();
  cpSync(DEFAULT_POLICIES, folder, { recursive: true });
  writeFileSync(join(folder, "no-pickle.cedar"), block("cedar"));
  writeFileSync(join(folder, "own.cases.yaml"), block("yaml"));
  const set = loadPolicySet(folder);
  const cases = loadCases(folder);
  expect(runCases(set, cases).filter(({ passed }) => !passed)).toEqual([]);
  expect(gapsOf(set, cases)).toEqual([]);
});

it("docs/how-to/policies.md names every attribute of the context", () => {
  const context = contextOf({ digest: digestOf(""), files: 0, sizeBytes: 0, formats: [] }, null);
  const rows = section("docs/how-to/policies.md", "What a policy sees").match(/^\| `context.*$/gm) ?? [];
  const named = rows.flatMap((row) => row.split(" | ")[0]?.match(/context[.\w]+/g) ?? []);
  expect(named.sort()).toEqual([...attributesOf(context, "context")].sort());
});

it("docs/reference/json.md names every member of the JSON that the command line prints", async () => {
  const folder = scratch();
  const env = { WEIGHBRIDGE_DATA: join(folder, "data"), XDG_STATE_HOME: join(folder, "state") };
  const lines: string[] = [];
  for (const args of [
    "admit --json examples/clean-heron examples/trapped-falcon",
    "registry list --json",
    "registry show 511986a11df8 --json",
    "verify --json examples/clean-heron",
    "scan --json nope",
  ])
    lines.push(...(await outputOf(args.split(" "), env)).trim().split("\n"));
  expect(lines).toHaveLength(7);
  const page = read("docs/reference/json.md");
  const members = new Set(lines.flatMap((line) => membersOf(JSON.parse(line))));
  expect([...members].filter((member) => !page.includes(`\`${member}`) && !page.includes(`"${member}"`) && !page.includes(`.${member}`))).toEqual([]);
});

it("every code has something to say in docs/reference/error-codes.md", () => {
  const sections = read("docs/reference/error-codes.md").split("\n## ").slice(1);
  expect(sections.filter((text) => text.trim().split("\n").length < 2)).toEqual([]);
});

it("every command and option in the documentation is in --help", async () => {
  const helps = new Map<string, Promise<string>>();
  const helpOf = (command: string) => {
    const help = helps.get(command) ?? outputOf([...command.split(" ").filter(Boolean), "--help"]);
    helps.set(command, help);
    return help;
  };
  const lines = PAGES.flatMap((page) => [...read(page).matchAll(/\bnpx weighbridge ([^`#\n]+)/g)].map(([, words = ""]) => ({ page, words })));
  expect(lines.length).toBeGreaterThan(30);
  await Promise.all(
    lines.map(async ({ page, words: line }) => {
      const words = line.trim().split(/\s+/);
      const groups = /^ {2}(\w[\w-]*)/gm;
      const first = words[0] ?? "";
      if (first.startsWith("--")) return expect(await helpOf(""), `${page}: ${line}`).toContain(first);
      expect(
        [...(await helpOf("")).matchAll(groups)].map(([, name]) => name),
        `${page}: ${line}`,
      ).toContain(first);
      const top = await helpOf(first);
      const isGroup = top.includes("\nCommands:\n");
      if (isGroup)
        expect(
          [...top.matchAll(groups)].map(([, name]) => name),
          `${page}: ${line}`,
        ).toContain(words[1]);
      const help = isGroup ? await helpOf(`${first} ${words[1]}`) : top;
      for (const [option] of line.matchAll(/(?<=\s)--[a-z-]+/g)) expect(help, `${page}: ${line}`).toContain(option);
    }),
  );
});

it("the README shows what scanning the booby-trapped example prints", async () => {
  const [, shown = ""] = /```text\n\$ npx weighbridge scan examples\/trapped-falcon\n([\s\S]*?)```/.exec(read("README.md")) ?? [];
  const printed = (await outputOf(["scan", "examples/trapped-falcon"])).split("\n");
  const lines = shown.trimEnd().split("\n");
  expect(lines.length).toBeGreaterThan(10);
  expect(lines.filter((line) => line.trim() !== "…" && !printed.includes(line))).toEqual([]);
});
