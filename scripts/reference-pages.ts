import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Rule } from "../src/finding.ts";
import { HEURISTICS } from "../src/formats/identified/heuristics.ts";
import { SIGNATURES } from "../src/formats/identified/table.ts";
import { byCodePoint } from "../src/path-encoding.ts";
import { allRules } from "../src/scan/all-rules.ts";
import { EXAMINERS } from "../src/scan/registry.ts";
import { RULE_EXAMPLES } from "../test/rules/index.ts";
import { comparisonPage } from "./comparison-page.ts";
import { configurationPage } from "./configuration-page.ts";

const ROOT = resolve(import.meta.dirname, "..");
const MADE = "<!-- Made by `node scripts/make-reference.ts`. Edit the code, not this file. -->";

/** The generated pages of docs/reference/: text by path from the root of the repository. */
export async function referencePages(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ["docs/reference/rules.md", rulesPage(await allRules())],
    ["docs/reference/formats.md", await formatsPage()],
    ["docs/reference/error-codes.md", errorCodesPage()],
    ["docs/reference/configuration.md", configurationPage(MADE)],
    ["docs/comparison.md", comparisonPage(MADE)],
  ]);
}

function rulesPage(rules: readonly Rule[]): string {
  return [
    MADE,
    "# Rules",
    `A finding names one of these ${rules.length} rules. Ids are public and never reused. Severity is of a finding, not of a rule: it depends on what was seen.`,
    "Each rule shows an artifact in which it fires, with the severity there, and one as alike as can be in which it does not. [The same bytes](../../test/rules) are examined by [a test](../../test/unit/rule-examples.test.ts).",
    rules.map(({ id, summary }) => `- [\`${id}\`](#${id}): ${sentenceOf(summary)}`).join("\n"),
    ...rules.map(ruleSection),
    "",
  ].join("\n\n");
}

function ruleSection({ id, summary, gain, check, references }: Rule): string {
  const sources = references.map((reference) => (reference.startsWith("https://") ? `<${reference}>` : reference)).join(", ");
  const lines = [
    sentenceOf(summary),
    ...exampleLines(id),
    `**Gain.** ${gain}`,
    `**Check.** ${check}`,
    ...(sources === "" ? [] : [`**References.** ${sources}`]),
  ];
  return `## ${id}\n\n${lines.join("\n\n")}`;
}

function exampleLines(rule: string): readonly string[] {
  return RULE_EXAMPLES.filter((example) => example.rule === rule).flatMap(({ severity, fires, silent }) => [
    `**Fires**, ${severity}: ${fires.what}`,
    `**Does not fire:** ${silent.what}`,
  ]);
}

/** Summaries are clauses or sentences; a page wants sentences. */
function sentenceOf(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1).replace(/\.$/, "")}.`;
}

async function formatsPage(): Promise<string> {
  const identified = Map.groupBy([...SIGNATURES, ...HEURISTICS], ({ id }) => id);
  const examined = Object.keys(EXAMINERS)
    .filter((id) => !identified.has(id))
    .sort(byCodePoint);
  const rows = await Promise.all(
    examined.map(async (id) => {
      const rules = new Set(((await EXAMINERS[id]?.()) ?? []).flatMap((examiner) => examiner.rules.map((rule) => rule.id)));
      return `| \`${id}\` | ${[...rules].map((rule) => `[${rule}](rules.md#${rule})`).join(", ")} |`;
    }),
  );
  const names = [...identified]
    .sort(([a], [b]) => byCodePoint(a, b))
    .map(([id, entries]) => `| \`${id}\` | ${[...new Set(entries.map(({ name }) => name))].join(", ")} |`);
  return [
    MADE,
    "# Formats",
    "Formats are told by content. [What is examined in them](../limits.md#what-is-examined), in words.",
    "## Examined",
    `${rows.length} formats, with the rules of their examiners. The rules of the walker (\`not-examined\`, \`polyglot\`, \`extension-mismatch\` and others) hold for all.`,
    `| format | rules |\n|---|---|\n${rows.join("\n")}`,
    "## Identified",
    `${names.length} formats are recognised, and nobody here reads their content yet: each is \`not-examined\` (medium), so the verdict is \`review\` at least.`,
    `| format | is |\n|---|---|\n${names.join("\n")}`,
    "",
  ].join("\n\n");
}

interface ThrowSite {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

const LITERAL = /(?:`(?:[^`$]|\$\{[^`{}]*\})*`|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')/.source;
const CODE = /WB_[A-Z]+(?:_[A-Z]+)*/.source;

function errorCodesPage(): string {
  const sources = globSync("src/**/*.ts", { cwd: ROOT, exclude: (path) => path.endsWith(".test.ts") })
    .sort()
    .map((path) => readFileSync(join(ROOT, path), "utf8"));
  const codes = [...new Set(sources.flatMap((source) => [...source.matchAll(new RegExp(`"(${CODE})"`, "g"))].map(([, code]) => code ?? "")))].sort();
  const comments = new Map(sources.flatMap(commentsIn));
  const sites = sources.flatMap(throwSitesIn);
  return [
    MADE,
    "# Error codes",
    `Every error that the command line prints ends with one of these ${codes.length} codes; in \`--json\` it is \`error.code\`. Codes are public and never reused. \`…\` stands for what the message names. A denied model is a decision, not an error.`,
    ...codes.map((code) => codeSection(code, comments.get(code), sites)),
    "",
  ].join("\n\n");
}

function codeSection(code: string, comment: string | undefined, sites: readonly ThrowSite[]): string {
  const own = sites.filter((site) => site.code === code);
  const telling = own.filter((site) => saysSomething(site.message));
  const said = (telling.length > 0 ? telling : own).map(({ message, hint }) => `- ${message}${hint === "" ? "" : `. *${hint}*`}`);
  return [`## ${code}`, ...(comment === undefined ? [] : [comment]), ...(said.length === 0 ? [] : [[...new Set(said)].join("\n")])].join("\n\n");
}

/** A message that is nearly all values says nothing by itself. */
function saysSomething(message: string): boolean {
  return (message.match(/[a-z]{2,}/gi) ?? []).length >= 3;
}

/** Comments beside the members of the unions of codes, and on classes and types of one code. */
function commentsIn(source: string): readonly (readonly [string, string])[] {
  const member = new RegExp(`/\\*\\* ([^*]*) \\*/\\s*\\| "(${CODE})"`, "g");
  const alone = new RegExp(`/\\*\\*([^/]*?)\\*/\\s*export (?:class \\w+ extends WeighbridgeError<|type \\w+ = )"(${CODE})"`, "g");
  return [...source.matchAll(member), ...source.matchAll(alone)].map(([, comment, code]) => [
    code ?? "",
    (comment ?? "").replace(/\s*\n\s*\* ?/g, " ").trim(),
  ]);
}

/** Where a code is thrown with a message and a hint that stand in the source. */
function throwSitesIn(source: string): readonly ThrowSite[] {
  const site = new RegExp(`"(${CODE})",\\s*(?:message: )?(${LITERAL}),\\s*(?:\\{[^{}]*?)?hint:\\s*(${LITERAL})?`, "g");
  return [...source.matchAll(site)].map(([, code, message, hint]) => ({ code: code ?? "", message: plain(message ?? ""), hint: plain(hint ?? "") }));
}

/** A literal as it reads when printed, with `…` for each value in it. */
function plain(literal: string): string {
  return literal
    .slice(1, -1)
    .replace(/\$\{[^}]*\}/g, "…")
    .replace(/\\(.)/g, "$1")
    .replace(/[*_<>]/g, "\\$&");
}
