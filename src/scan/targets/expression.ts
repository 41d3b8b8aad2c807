import type { Severity } from "../../finding.ts";
import { isPowerfulModule, isPowerfulTail } from "../callables/effects.ts";
import { judgeGlobal } from "../callables/judge.ts";
import { callsResult, handsOnActing } from "./acting-values.ts";
import { actingComponent } from "./monai-components.ts";
import { isReviewedInExpressions } from "./reviewed-in-expressions.ts";

/** Functions that arithmetic in configurations is written with. */
const ARITHMETIC: ReadonlySet<string> = new Set(
  "int float round max min len abs sum bool str list tuple range dict set math.ceil math.floor math.sqrt math.log math.log2".split(" "),
);
const CALL = /(?<![\w.])([A-Za-z_][\w.]*)\s*\(/g;
const NAME = /(?<![\w.])[A-Za-z_][\w.]*/g;
/** A method of what an expression yields. */
const METHOD = /[\d)\]}'"]\.([A-Za-z_]\w*)/g;
const METHOD_CALL = /[\d)\]}'"]\.[A-Za-z_]\w*\s*\(/;
/** Expressions in configurations have up to some hundred characters. */
const MAX_TEXT = 4000;
/** Texts that begin like these are code themselves, or their ends are not certain without a tokeniser. */
const NO_PLAIN_TEXT = /(?<!\w)(?:[fFtT][rR]?|[rR][fFtT])['"]|'''|"""|\\/;
const TEXT = /'[^']*'|"[^"]*"/g;

/**
 * What evaluating a text as Python does: null for arithmetic, high where it names what the lists know as dangerous or reaches for the interpreter's
 * internals, else medium. The text is code here, because that is what its loader takes it for.
 */
export function judgeExpression(text: string): Extract<Severity, "high" | "medium"> | null {
  return judgePython(text, false);
}

/**
 * What a bundle of MONAI has evaluated: a text behind a dollar, in which `@id` stands for another item of the document. Honest bundles look for files and set
 * switches so, which a person looks at.
 */
export function judgeBundleExpression(text: string): Extract<Severity, "high" | "medium"> | null {
  return judgePython(text.slice(1).replace(/@[\w:#]+/g, "1"), true);
}

function judgePython(written: string, bundle: boolean): Extract<Severity, "high" | "medium"> | null {
  if (written.length > MAX_TEXT) return "high";
  const text = written.normalize("NFKC").replace(/\s*\.\s*/g, "."); // Python reads names in this form
  if (/__\w+__/.test(text)) return "high";
  const code = !bundle || NO_PLAIN_TEXT.test(text) ? text : text.replace(TEXT, "''");
  const calls = [...code.matchAll(CALL)].map(([, name = ""]) => name);
  const dotted = [...code.matchAll(NAME)].map(([name]) => name).filter((name) => name.includes("."));
  const foreign = [...calls, ...dotted, ...importedIn(code)].filter((name) => !ARITHMETIC.has(name));
  if (foreign.some((name) => isDangerous(name, bundle ? text : null)) || actsByMethod(code) || handsOnActing(code)) return "high";
  if (/^\s*(?:import|from)\s|\blambda\b|;|\n/.test(text)) return "medium";
  return METHOD_CALL.test(code) || callsResult(code) || calls.some((name) => !ARITHMETIC.has(name)) ? "medium" : null;
}

/** @param bundle the whole expression of a bundle; null for an expression of another loader */
function isDangerous(name: string, bundle: string | null): boolean {
  const dot = name.lastIndexOf(".");
  const global = dot === -1 ? { module: "builtins", name } : { module: name.slice(0, dot), name: name.slice(dot + 1) };
  const { canonical, effect, severity } = judgeGlobal(global, { called: true, shellLikeLiteral: false });
  if (actingComponent(name) !== null) return true;
  if (effect !== undefined && (severity === "critical" || severity === "high")) return bundle === null || !isReviewedInExpressions(canonical, bundle);
  // `import os as o` stands in another text of the document.
  return effect === undefined && dot !== -1 && endsInPower(global.name) && canonical !== "json.loads";
}

/** `from module import name`, as dotted names. */
function importedIn(text: string): readonly string[] {
  return [...text.matchAll(/\bfrom\s+([\w.]+)\s+import\s+([\w, ()]+)/g)].flatMap(([, module = "", names = ""]) =>
    names.split(",").map((name) => `${module}.${name.replace(/[()]/g, "").trim().split(/\s/)[0] ?? ""}`),
  );
}

/** A method with the name of a way to run commands, of something that is not written as a name; or a module that gives such ways, handed to something. */
function actsByMethod(code: string): boolean {
  const methods = [...code.matchAll(METHOD)].map(([, name = ""]) => name);
  const handed = [...code.matchAll(/(?<![\w.])([A-Za-z_]\w*)\s*[,)\]]/g)].map(([, name = ""]) => name);
  return methods.some(endsInPower) || (!/^\s*(?:import|from)\s/.test(code) && handed.some(isPowerfulModule));
}

/** `eval` is how a network of PyTorch is told that it is not trained. */
function endsInPower(name: string): boolean {
  return name !== "eval" && isPowerfulTail(name);
}
