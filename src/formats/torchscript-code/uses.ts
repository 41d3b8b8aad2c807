import type { Budget } from "../../limits.ts";
import type { CodeUse, Place } from "./facts.ts";
import type { Line, Token } from "./tokenize.ts";

type Without<T> = T extends unknown ? Omit<T, keyof Place> : never;
export type Deed = Without<CodeUse>;

/** Keywords that `PythonPrintImpl` writes; every other one of Python is noted. */
const WRITTEN: readonly string[] =
  "and as class def elif else for if in is not or pass return while with True False None break continue raise assert".split(" ");
const OTHER: readonly string[] = "async await del except finally from global lambda nonlocal try yield".split(" ");
const LINKING: readonly string[] = ["torch", "ops"];

/** Functions of Python that are foreign when they are called, even where a value of that name is bound in the same function. */
const CALLED: readonly string[] =
  "eval exec compile open globals locals vars setattr delattr input breakpoint type super object property classmethod staticmethod help exit quit".split(
    " ",
  );

/** How far the end of a `getattr` is looked for; longer ones count as foreign. */
const MAX_GETATTR_TOKENS = 200;

interface Block {
  readonly kind: "class" | "def";
  readonly indent: number;
}

/** A function with its nested ones: the serialiser gives every value in it a name of its own, so that one set of names serves them all. */
interface Unit {
  /** Lines that stand in no function. */
  readonly outside: boolean;
  readonly names: Set<string>;
  readonly lines: Line[];
}

/** Notes what the code does that depends on more than the values of its own functions. */
export function noteUses(lines: readonly Line[], budget: Budget, add: (deed: Deed, at: number) => void): void {
  for (const unit of unitsOf(lines, add)) {
    for (const line of unit.lines) {
      budget.steps(line.tokens.length);
      noteLine(line, unit, add);
    }
  }
}

/** Groups lines by outermost function, and collects the names that each binds; what stands outside of functions binds none. */
function unitsOf(lines: readonly Line[], add: (deed: Deed, at: number) => void): Unit[] {
  const outside: Unit = { outside: true, names: new Set(), lines: [] };
  const units = [outside];
  let open: Block[] = [];
  let unit = outside;
  for (const line of lines) {
    open = open.filter((block) => block.indent < line.indent);
    const inFunction = open.some((block) => block.kind === "def");
    const [first, second] = line.tokens;
    if (!inFunction) unit = outside;
    if (first?.text === "class" || first?.text === "def") {
      if (first.text === "def" && !inFunction) {
        unit = { outside: false, names: new Set(), lines: [] };
        units.push(unit);
      }
      if (inFunction && second?.kind === "name") unit.names.add(second.text);
      open.push({ kind: first.text, indent: line.indent });
    } else if (!inFunction && !isMember(line, open.length > 0)) add({ kind: "loose-statement" }, line.at);
    if (unit !== outside) bindNames(line.tokens, unit.names);
    unit.lines.push(line);
  }
  return units;
}

/** What may stand outside of functions: imports and the version at the top, attributes and their types in a class. */
function isMember({ tokens }: Line, inClass: boolean): boolean {
  const [first, second] = tokens;
  if (!inClass) return first?.text === "import" || (first?.text === "op_version_set" && second?.text === "=" && tokens.length === 3);
  if (first?.text === "pass" && tokens.length === 1) return true;
  return isAssigned(tokens);
}

/** `name : T`, `name = value`, `__annotations__["0"] = T`. */
function isAssigned([first, second]: readonly Token[]): boolean {
  return first?.kind === "name" && (second?.text === ":" || second?.text === "=" || (first.text === "__annotations__" && second?.text === "["));
}

/** Parameters, targets of assignments, of `for` and of `with`. */
function bindNames(tokens: readonly Token[], names: Set<string>): void {
  const [first] = tokens;
  if (first?.text === "def") bindParameters(tokens, names);
  else if (first?.text === "for") bindUntil(tokens.slice(1), "in", names);
  else if (first?.text === "with") {
    const as = tokens.findLastIndex((token) => token.kind === "name" && token.text === "as");
    if (as > 0) bindUntil(tokens.slice(as + 1), ":", names);
  } else bindTargets(tokens, names);
}

function bindParameters(tokens: readonly Token[], names: Set<string>): void {
  let depth = 0;
  tokens.forEach((token, i) => {
    if (token.kind === "symbol") depth += "([{".includes(token.text) ? 1 : ")]}".includes(token.text) ? -1 : 0;
    const before = tokens[i - 1]?.text;
    if (token.kind === "name" && depth === 1 && (before === "(" || before === ",")) names.add(token.text);
  });
}

function bindUntil(tokens: readonly Token[], end: string, names: Set<string>): void {
  for (const token of tokens) {
    if (token.text === end) return;
    if (token.kind === "name") names.add(token.text);
  }
}

/** `a = …`, `a, b, = …`, `a : T = …`: names and commas before the first `=` or `:`. */
function bindTargets(tokens: readonly Token[], names: Set<string>): void {
  const end = tokens.findIndex((token) => token.kind === "symbol" && (token.text === "=" || token.text === ":"));
  const targets = tokens.slice(0, Math.max(0, end));
  if (targets.every((token) => token.kind === "name" || token.text === ","))
    for (const token of targets) if (token.kind === "name") names.add(token.text);
}

function noteLine({ tokens, at }: Line, { outside, names: bound }: Unit, add: (deed: Deed, at: number) => void): void {
  const [first] = tokens;
  if (first?.text === "import" || first?.text === "from") {
    const module = tokens
      .slice(1)
      .map((token) => token.text)
      .join(" ")
      .replaceAll(" . ", ".");
    add({ kind: "import", module: module.slice(0, 200) }, at);
    return;
  }
  if (first?.text === "class") noteBases(tokens, add);
  let depth = 0;
  tokens.forEach((token, i) => {
    if (token.kind === "symbol") depth += noteSymbol(token, add);
    else if (token.kind === "text") notePrefix(tokens[i - 1], token, add);
    // the name of an attribute, outside of functions
    else if (token.kind === "name" && !(i === 0 && outside && isAssigned(tokens))) noteName(tokens, i, depth, bound, add);
  });
}

function noteSymbol({ text, at }: Token, add: (deed: Deed, at: number) => void): number {
  if (text === "@" || text === ";" || text === ":=" || text === "^") add({ kind: "syntax", what: text }, at);
  return "([{".includes(text) ? 1 : ")]}".includes(text) ? -1 : 0;
}

/** `f"…"`, `b"…"`: the serialiser writes plain strings only. */
function notePrefix(before: Token | undefined, { at }: Token, add: (deed: Deed, at: number) => void): void {
  if (before?.kind === "name" && before.at + before.text.length === at)
    add({ kind: "syntax", what: `the string prefix ${before.text.slice(0, 20)}` }, before.at);
}

function noteBases(tokens: readonly Token[], add: (deed: Deed, at: number) => void): void {
  const open = tokens.findIndex((token) => token.text === "(");
  if (open < 0) return;
  const bases = tokens.slice(
    open + 1,
    tokens.findLastIndex((token) => token.text === ")"),
  );
  const [only] = bases;
  if (only !== undefined)
    add(
      {
        kind: "base",
        name: bases
          .map((token) => token.text)
          .join("")
          .slice(0, 200),
      },
      only.at,
    );
}

function noteName(tokens: readonly Token[], i: number, depth: number, bound: ReadonlySet<string>, add: (deed: Deed, at: number) => void): void {
  const token = tokens[i];
  const before = tokens[i - 1];
  const after = tokens[i + 1];
  if (token === undefined) return;
  const { text: name, at } = token;
  const definition = before?.text === "def" || before?.text === "class";
  if (/^__\w*[^_]\w*__$/.test(name) && !belongsToPath(tokens, i))
    add({ kind: "dunder", name, as: before?.text === "." ? "attribute" : definition ? "definition" : "name" }, at);
  if (before?.text === "." || definition) return;
  if (OTHER.includes(name) || name === "import") add({ kind: "syntax", what: name }, at);
  else if (WRITTEN.includes(name) || (depth > 0 && after?.text === "=" && (before?.text === "(" || before?.text === ","))) return;
  else if (LINKING.includes(name) && after?.text === ".") add({ kind: name === "ops" ? "ops" : "torch", path: pathFrom(tokens, i + 2) }, at);
  else if (name === "getattr") noteGetattr(tokens, i, add);
  else if (!bound.has(name) || (CALLED.includes(name) && after?.text === "(")) add({ kind: "free-name", name: name.slice(0, 200) }, at);
}

/** Operators such as `torch.__is__` and `ops.aten.__and__`, and class names below `__torch__`, are told by their whole path. */
function belongsToPath(tokens: readonly Token[], i: number): boolean {
  let start = i;
  while (tokens[start - 1]?.text === "." && tokens[start - 2]?.kind === "name") start -= 2;
  const root = tokens[start];
  return start < i && root !== undefined && tokens[start - 1]?.text !== "." && LINKING.includes(root.text);
}

/** `a.b.c` from token `i` on, joined. */
function pathFrom(tokens: readonly Token[], i: number): string {
  const parts: string[] = [];
  for (let at = i; tokens[at]?.kind === "name"; at += 2) {
    parts.push(tokens[at]?.text ?? "");
    if (tokens[at + 1]?.text !== ".") break;
  }
  return parts.join(".").slice(0, 300);
}

/** `getattr(value, "0")`: the last argument is a literal that no identifier can be. */
function noteGetattr(tokens: readonly Token[], i: number, add: (deed: Deed, at: number) => void): void {
  let depth = 0;
  for (let at = i + 1; at < Math.min(tokens.length, i + MAX_GETATTR_TOKENS); at++) {
    const token = tokens[at];
    if (token === undefined || token.kind !== "symbol") continue;
    depth += "([{".includes(token.text) ? 1 : ")]}".includes(token.text) ? -1 : 0;
    if (depth > 0) continue;
    const last = tokens[at - 1];
    const plain =
      at === i + 1 || last?.kind !== "text" || tokens[at - 2]?.text !== "," || /^[A-Za-z_]\w*$/.test(last.text) || last.text.includes("\\");
    if (plain) break;
    return;
  }
  add({ kind: "getattr" }, tokens[i]?.at ?? 0);
}
