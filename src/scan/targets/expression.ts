import type { Severity } from "../../finding.ts";
import { judgeGlobal } from "../callables/judge.ts";

/** Functions that arithmetic in configurations is written with. */
const ARITHMETIC: ReadonlySet<string> = new Set(
  "int float round max min len abs sum bool str list tuple range dict set math.ceil math.floor math.sqrt math.log math.log2".split(" "),
);
const CALL = /([A-Za-z_][\w.]*)\s*\(/g;
const NAME = /[A-Za-z_][\w.]*/g;
const MAX_NAMES = 50;

/**
 * What evaluating a text as Python does: null for arithmetic, high where it names what the lists know as dangerous or reaches for the interpreter's
 * internals, else medium. The text is code here, because that is what its loader takes it for.
 */
export function judgeExpression(text: string): Extract<Severity, "high" | "medium"> | null {
  if (/__\w+__/.test(text)) return "high";
  const calls = [...text.matchAll(CALL)].slice(0, MAX_NAMES).map(([, name = ""]) => name);
  const dotted = [...text.matchAll(NAME)]
    .slice(0, MAX_NAMES)
    .map(([name]) => name)
    .filter((name) => name.includes("."));
  const foreign = [...calls, ...dotted].filter((name) => !ARITHMETIC.has(name));
  if (foreign.some(isDangerous)) return "high";
  if (/^\s*(?:import|from)\s|\blambda\b|;|\n/.test(text)) return "medium";
  return calls.some((name) => !ARITHMETIC.has(name)) ? "medium" : null;
}

function isDangerous(name: string): boolean {
  const dot = name.lastIndexOf(".");
  const global = dot === -1 ? { module: "builtins", name } : { module: name.slice(0, dot), name: name.slice(dot + 1) };
  const { effect, severity } = judgeGlobal(global, { called: true, shellLikeLiteral: false });
  return effect !== undefined && (severity === "critical" || severity === "high");
}
