import type { Budget } from "../../limits.ts";

/** A template in Go's text/template, as Ollama renders prompts with it. */
export interface GoTemplateFacts {
  /** Text between the actions: what the template itself says. Cut. */
  readonly words: string;
  /** Comparisons with what somebody wrote in a message, not with who wrote it. */
  readonly conditions: readonly string[];
  /** Actions that make much of little: wide padding, counting up to a number. */
  readonly costly: readonly string[];
  /** An action without an end. */
  readonly broken: boolean;
}

const MAX_WORDS = 64 * 1024;
const MAX_KEPT = 20;
const MAX_ACTION = 200;
const LONGEST_ACTION = 16 * 1024;
const ACTION = /^\{\{-?(?:\s*\/\*[\s\S]*?\*\/\s*|(?:"(?:[^"\\\n]|\\.)*"|`[^`]*`|[^"`}]|\}(?!\}))*)-?\}\}/;
/** Content of messages; `.Role`, `.Think` and the like are no words of anybody. */
const CONTENT = /\.(?:Content|Prompt|System|Response|Suffix)\b/;
const LITERAL = /"((?:[^"\\\n]|\\.)*)"|`([^`]*)`/g;
/** Content is compared with nothing to ask whether there is any. */
const COMPARES = /\b(?:eq|ne|lt|le|gt|ge|contains|hasPrefix|hasSuffix|index)\b/;
const WIDE = /%[-+# 0]*\d{5,}/;
const COUNTS = /^\{\{-?\s*range\s+(?:[^}]*:=\s*)?\d{5,}/;

/** Reads text and actions by turns; actions are not evaluated. */
export function readGoTemplate(source: string, budget: Budget): GoTemplateFacts {
  const words: string[] = [];
  const conditions: string[] = [];
  const costly: string[] = [];
  let length = 0;
  let broken = false;
  budget.steps(1 + (source.length >> 4));
  for (let at = 0; at < source.length; ) {
    const open = source.indexOf("{{", at);
    const text = source.slice(at, open === -1 ? source.length : open).slice(0, Math.max(0, MAX_WORDS - length));
    length += text.length;
    words.push(text);
    if (open === -1) break;
    budget.steps(1);
    const [action] = ACTION.exec(source.slice(open, open + LONGEST_ACTION)) ?? [];
    broken ||= action === undefined;
    if (action === undefined) break;
    at = open + action.length;
    if (/^\{\{-?\s*\/\*/.test(action)) continue;
    if (conditions.length < MAX_KEPT && COMPARES.test(action) && CONTENT.test(action) && literalsOf(action).some((literal) => literal !== ""))
      conditions.push(action.slice(0, MAX_ACTION));
    if (costly.length < MAX_KEPT && (COUNTS.test(action) || literalsOf(action).some((literal) => WIDE.test(literal))))
      costly.push(action.slice(0, MAX_ACTION));
  }
  return { words: words.join(" "), conditions, costly, broken };
}

function literalsOf(action: string): readonly string[] {
  return [...action.matchAll(LITERAL)].map(([, quoted, raw]) => quoted ?? raw ?? "");
}
