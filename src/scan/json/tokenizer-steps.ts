import { type Finding, findingOf } from "../../finding.ts";
import type { JsonFacts } from "../../formats/json/facts.ts";
import type { TokenizerStep } from "../../formats/json/tokenizer-steps.ts";
import { isExponential } from "../../formats/pickle/backtracking.ts";
import { JSON_RULES as RULES } from "./rules.ts";

/** Special tokens around a text; Whisper's four are the most that is published. */
const MOST_PIECES = 16;
const MOST_TOKENS_OF_ONE = 8;
/** How many times longer a chain of replacements may make a text. */
const MOST_GROWTH = 1000;

/** What a tokenizer's pipeline does to a text beside cutting it: other words, added words, and time without end. */
export function stepFindings({ steps, template }: JsonFacts, path: string): readonly Finding[] {
  const findings = steps.flatMap((step): readonly Finding[] => {
    const where = { path, offset: step.pattern?.at ?? step.at };
    const proof = { pointer: step.pointer, type: step.type, pattern: step.pattern?.text.slice(0, 200) ?? null };
    const change = changeOf(step);
    const found: Finding[] = [];
    if (change !== null)
      found.push(findingOf(RULES.rewrites, { severity: "medium", where, title: `${step.pointer} ${change}`.slice(0, 300), proof }));
    if (step.pattern?.kind === "Regex" && isExponential(withoutProperties(step.pattern.text)))
      found.push(
        findingOf(RULES.exhausts, {
          severity: "medium",
          where,
          title: `${step.pointer} has a regular expression that takes exponential time: ${shown(step.pattern.text)}`,
          proof,
        }),
      );
    return found;
  });
  const growth = steps.reduce((product, step) => product * growthOf(step), 1);
  if (growth > MOST_GROWTH)
    findings.push(
      findingOf(RULES.exhausts, {
        severity: "medium",
        where: { path },
        title: `The replacements of the tokenizer make a text ${growth > 1e9 ? "without bound" : `${Math.round(growth)} times`} longer`,
        proof: { growth: Math.min(growth, 1e15) },
      }),
    );
  if (template !== null && (template.pieces > MOST_PIECES || template.tokensOfOne > MOST_TOKENS_OF_ONE))
    findings.push(
      findingOf(RULES.rewrites, {
        severity: "medium",
        where: { path, offset: template.at },
        title: `The post-processor puts ${Math.max(template.pieces, template.tokensOfOne)} tokens of its own around every text`,
        proof: { pieces: template.pieces, tokensOfOne: template.tokensOfOne },
      }),
    );
  return findings;
}

/** How a step changes words, as a clause; null where it moves marks, spaces and punctuation only. */
function changeOf(step: TokenizerStep): string | null {
  const { type, pattern, content, added, behavior, invert } = step;
  if (added !== null && hasWord(added) && type !== "WordPiece" && type !== "CTC") return `adds ${shown(added)} to every text`;
  if (type === "Replace" && content !== null) {
    if (pattern === null) return hasWord(content) ? `writes ${shown(content)} in the place of other text` : null;
    if (isSpelling(pattern, content)) return null;
    if (hasWord(content)) return `writes ${shown(content)} in the place of ${shown(pattern.text)}`;
    return matchesWords(pattern) ? `writes ${shown(content)} in the place of the words ${shown(pattern.text)}` : null;
  }
  if (type === "Strip" && content !== null && hasWord(content)) return `takes ${shown(content)} away at the ends of a text`;
  if (behavior === "Removed" && !invert && pattern !== null && matchesWords(pattern)) return `leaves out the words ${shown(pattern.text)}`;
  return null;
}

/** One letter for another, or for two, as orthographies have it: `ё` to `е`, `œ` to `oe`. Never of ASCII, where it changes what is said. */
function isSpelling(pattern: NonNullable<TokenizerStep["pattern"]>, content: string): boolean {
  return pattern.kind === "String" && [...pattern.text].length <= 2 && !/[\p{ASCII}]/u.test(pattern.text) && [...content].length <= 3;
}

/** A letter or digit outside of a mark such as `<n>` or `<|tab|>`. */
function hasWord(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text.replace(/<[|｜]?[a-z_]{1,12}[|｜]?>/gi, ""));
}

/** Whether a pattern can match letters or digits. For a regular expression: names one, or a class that holds some. */
function matchesWords({ kind, text }: NonNullable<TokenizerStep["pattern"]>): boolean {
  if (kind === "String") return hasWord(text);
  const bare = text.replace(/\\[pP]\{[^}]{0,40}\}|\\[pP][A-Z]/g, (name) => (/\{?\^?(?:L|N|Alpha|Digit|Word)/.test(name) ? "\\w" : ""));
  if (/\\[wdSDh]|\[\^/.test(bare)) return true;
  const literal = bare.replace(/\\x\{?[0-9A-Fa-f]+\}?|\\u[0-9A-Fa-f]{4}|\\[A-Za-z]|\{\d*,?\d*\}|\(\?[:=!>]|\(\?<[=!]/g, "");
  return /(?:^|[^\\])\.|[\p{L}\p{N}]/u.test(literal);
}

function growthOf({ type, part, pattern, content }: TokenizerStep): number {
  if (type !== "Replace" || part === "post_processor" || pattern === null || content === null) return 1;
  return Math.max(1, content.length / (pattern.kind === "String" ? Math.max(1, pattern.text.length) : 1));
}

/** `\p{L}` as one escape, which is what the search for repeated groups takes for a part. */
function withoutProperties(pattern: string): string {
  return pattern.replace(/\\[pP]\{[^}]{0,40}\}/g, "\\w");
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 120));
}
