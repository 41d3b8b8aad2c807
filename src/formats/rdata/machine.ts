import type { Budget } from "../../limits.ts";
import { StreamBreak } from "../window/window.ts";
import { CodeDigest } from "./code-digest.ts";
import type { Cursor } from "./cursor.ts";
import type { CallPlace, Place } from "./facts.ts";
import type { OpenCall } from "./languages.ts";
import { Notes } from "./notes.ts";
import { ACTIVE_BINDING, CONSTANTS, HAS_ATTRIBUTES, HAS_TAG, SEXP } from "./types.ts";

/** What an item that is to come is to the one that holds it. */
type Role = Place | "workspace" | "bindings" | "table" | "head" | "qualified" | "member" | "alternative" | "bytecode-constant" | "binding-name";

/** What holds an item: which kind of code, and the call that it is a part of. */
interface Scope {
  readonly place: CallPlace;
  readonly call: OpenCall | null;
}

/** One thing that is still to be read. */
type Task =
  | { readonly read: "item"; readonly role: Role; readonly in: Scope; readonly seen?: (type: number) => void }
  | { readonly read: "items"; readonly count: number; readonly role: Role; readonly in: Scope }
  | { readonly read: "bytecode"; readonly in: Scope }
  | { readonly read: "constants"; readonly count: number; readonly in: Scope }
  | { readonly read: "bytecode-language"; readonly type: number | null; readonly role: Role; readonly in: Scope }
  /** What a promise evaluates, behind its value. */
  | { readonly read: "expression"; readonly of: { readonly forced: boolean; constant: boolean }; readonly in: Scope }
  /** The outermost of calls within each other ends here. */
  | { readonly read: "call-end"; readonly call: OpenCall }
  /** Arguments and body of a function begin and end here. */
  | { readonly read: "code"; readonly at: number }
  | { readonly read: "code-end" };

interface OpenCode {
  readonly at: number;
  readonly digest: CodeDigest;
  compiled: number;
}

/** Deeper nesting than R's own recursion reads. */
const MAX_PENDING = 200_000;
const KEPT_RAW_BYTES = 64;
const REFERENCE_BYTES = 48;
/** Longer vectors stand in no code that R itself writes. */
const MAX_CODE_NUMBERS = 8192;
const MAX_CODE_TEXT = 4096;
/** Of a vector of texts that is an argument of a call, so many are kept: names of functions and formulas, not data. */
const MAX_WORDS = 64;
/** How packages of R call what stands for their native routines. */
const NATIVE_NAME = /^C_/;

/**
 * Reads one serialised object with a list of what is still to come instead of recursion: ReadItem, ReadBC1 and ReadBCLang of R's serialize.c. Content
 * of vectors is stepped over; what can act is noted.
 */
export class Machine {
  readonly notes = new Notes();
  readonly #cursor: Cursor;
  readonly #budget: Budget;
  readonly #tasks: Task[] = [];
  /** Names of symbols by the order of what can be referred to; null for what is no symbol. */
  readonly #references: (string | null)[] = [];
  #held = 0;
  /** Functions whose code is being read, the innermost last. */
  readonly #code: OpenCode[] = [];

  constructor(cursor: Cursor, budget: Budget) {
    this.#cursor = cursor;
    this.#budget = budget;
  }

  async run(workspace: boolean): Promise<void> {
    this.#push({ read: "item", role: workspace ? "workspace" : "object", in: { place: "language", call: null } });
    try {
      await this.#read();
    } finally {
      this.#breakOffCode();
    }
  }

  async #read(): Promise<void> {
    for (let task = this.#tasks.pop(); task !== undefined; task = this.#tasks.pop()) {
      this.#budget.steps(1);
      await this.#cursor.need();
      switch (task.read) {
        case "item":
          await this.#item(task.role, task.in, task.seen);
          break;
        case "items":
          if (task.count > 1) this.#push({ ...task, count: task.count - 1 });
          await this.#item(task.role, task.in);
          break;
        case "bytecode":
          this.#push({ read: "constants", count: -1, in: task.in });
          this.#push({ read: "item", role: "element", in: task.in });
          break;
        case "constants":
          await this.#constant(task.count, task.in);
          break;
        case "bytecode-language":
          await this.#bytecodeLanguage(task.type ?? this.#cursor.int(), task.role, task.in);
          break;
        case "expression": {
          const { of, in: scope } = task;
          await this.#item("element", of.forced && scope.place === "promise" ? { ...scope, place: "forced" } : scope, (type) => {
            of.constant = PLAIN_VALUES.has(type);
          });
          break;
        }
        case "call-end":
          this.notes.languages.close(task.call);
          break;
        case "code":
          this.#code.at(-1)?.digest.spoil(); // a function inside of another's code: R writes how to make one, not the function
          this.#code.push({ at: task.at, digest: new CodeDigest(this.#cursor.bigEndian), compiled: 0 });
          break;
        case "code-end":
          this.#endCode();
      }
    }
  }

  close(): void {
    this.#budget.release(this.#held);
  }

  /** Functions whose code was not read to its end are said as well. */
  #breakOffCode(): void {
    while (this.#code.length > 0) {
      this.#code.at(-1)?.digest.spoil();
      this.#endCode();
    }
  }

  #endCode(): void {
    const code = this.#code.pop();
    if (code !== undefined) this.notes.function(code.at, code.digest.end(), code.compiled);
  }

  #token(token: string | number): void {
    this.#code.at(-1)?.digest.add(token);
  }

  #push(task: Task): void {
    if (this.#tasks.length >= MAX_PENDING) throw new StreamBreak("nested deeper than R reads");
    this.#tasks.push(task);
  }

  #refer(name: string | null): void {
    this.#budget.hold(REFERENCE_BYTES);
    this.#held += REFERENCE_BYTES;
    this.#references.push(name);
  }

  async #item(role: Role, scope: Scope, seen?: (type: number) => void): Promise<void> {
    const at = this.#cursor.at;
    const flags = this.#cursor.int();
    const type = flags & 0xff;
    seen?.(type);
    const { call } = scope;
    const asHead = role === "head" && call !== null && call.head === undefined;
    if (asHead && type !== SEXP.symbol && type !== SEXP.reference) call.head = null;
    if (type !== SEXP.symbol && type !== SEXP.reference) this.#token(`${type} ${flags & (HAS_ATTRIBUTES | HAS_TAG)}`);
    if (CONSTANTS.has(type)) return;
    switch (type) {
      case SEXP.reference:
        return this.#symbol(this.#references[(flags >> 8 || this.#cursor.int()) - 1] ?? null, role, scope, at);
      case SEXP.symbol:
        return this.#newSymbol(role, scope, at);
      case SEXP.list:
      case SEXP.dots:
      case SEXP.language:
      case SEXP.closure:
      case SEXP.promise:
        return this.#cell(type, flags, role, scope, at, asHead);
      case SEXP.environment:
        return this.#environment(scope);
      case SEXP.persistent:
      case SEXP.package:
      case SEXP.namespace:
        return this.#names(type, at);
      case SEXP.special:
      case SEXP.builtin:
        return this.#builtin(role, scope, at);
      case SEXP.alternative:
        this.#push({ read: "item", role: "element", in: scope });
        this.#push({ read: "item", role: "element", in: scope });
        return this.#push({ read: "item", role: "alternative", in: scope });
      default:
        return this.#vector(type, flags, role, scope);
    }
  }

  /** A symbol stands here: at the head of a call it is what is called. */
  #symbol(name: string | null, role: Role, scope: Scope, at: number): void {
    if (name === null) {
      this.#code.at(-1)?.digest.spoil();
      if (role === "head" && scope.call !== null) scope.call.head ??= null;
      return;
    }
    this.#token(`name ${name}`);
    if (role === "binding-name" && NATIVE_NAME.test(name)) this.notes.nativeName();
    if (role === "head") this.notes.call(name, scope.place, at);
    else if (role === "bytecode-constant") this.notes.mention(name, scope.place, at);
    else if (role === "alternative") this.notes.alternative(name, at);
    if (scope.call === null) return;
    if (role === "head" && scope.call.head === undefined) scope.call.head = name;
    else this.notes.languages.word(scope.call, name, "symbol", at);
  }

  async #newSymbol(role: Role, scope: Scope, at: number): Promise<void> {
    if ((this.#cursor.int() & 0xff) !== SEXP.char) throw new StreamBreak("a symbol without a name");
    const name = this.#cursor.text(this.#length(this.#cursor.int()));
    this.#refer(name.slice(0, 200));
    this.#symbol(name.slice(0, 200), role, scope, at);
  }

  /** Pairs, calls, functions and promises: attributes, tag, first, rest. For a promise these are environment, value, expression. */
  #cell(stated: number, flags: number, role: Role, scope: Scope, at: number, asHead: boolean): void {
    // R walks the variables of an environment without a look at what kind of cell they are in
    const type = role === "bindings" && (stated === SEXP.language || stated === SEXP.dots) ? SEXP.list : stated;
    if (type === SEXP.list && (flags & ACTIVE_BINDING) !== 0 && role === "bindings") this.notes.activeBinding(at);
    const promise = type === SEXP.promise ? this.notes.promise(at, placeOf(role)) : null;
    const inside = this.#inside(type, scope, at, asHead);
    const [first, rest] = rolesOf(type, role);
    if (type === SEXP.closure) this.#push({ read: "code-end" });
    if (promise === null) {
      this.#push({ read: "item", role: rest, in: inside });
      this.#push({ read: "item", role: first, in: inside });
    } else {
      this.#push({ read: "expression", of: promise, in: inside });
      this.#push({
        read: "item",
        role: first,
        in: inside,
        seen: (of) => {
          promise.forced = of !== SEXP.unbound;
        },
      });
    }
    if (type === SEXP.closure) this.#push({ read: "code", at });
    const around = { ...scope, call: null };
    if ((flags & HAS_TAG) !== 0)
      this.#push({
        read: "item",
        role: type === SEXP.list && (role === "bindings" || role === "workspace") ? "binding-name" : "element",
        in: around,
      });
    if ((flags & HAS_ATTRIBUTES) !== 0) this.#push({ read: "item", role: "element", in: around });
  }

  /** What the parts of a cell stand in. Calls in functions are no trees: functions are known by their digest or are reviewed as they are. */
  #inside(type: number, scope: Scope, at: number, asHead: boolean): Scope {
    const { place, call } = scope;
    if (type === SEXP.closure) return { place: "function", call: null };
    if (type === SEXP.promise) return place === "function" || place === "forced" ? scope : { place: "promise", call };
    if (type !== SEXP.language || place === "function") return scope;
    const opened = this.notes.languages.open(at, place, call, asHead);
    if (call === null) this.#push({ read: "call-end", call: opened });
    return { place, call: opened };
  }

  /** Locked or not, enclosing environment, frame, hash table, attributes. */
  #environment(scope: Scope): void {
    this.#cursor.int();
    this.#code.at(-1)?.digest.spoil();
    this.#refer(null);
    for (const role of ["element", "table", "bindings", "element"] as const) this.#push({ read: "item", role, in: { ...scope, call: null } });
  }

  /** InStringVec: what is referred to by name. */
  #names(type: number, at: number): void {
    this.#cursor.int();
    const count = this.#cursor.int();
    if (count < 0 || count > 16) throw new StreamBreak(`a reference of ${count} names`);
    const names = Array.from({ length: count }, () => {
      this.#cursor.int();
      return this.#cursor.text(this.#length(this.#cursor.int()));
    });
    this.#refer(null);
    this.#token(names[0] ?? "");
    if (type === SEXP.persistent) this.notes.persist(at);
    else if (names[0] !== undefined) this.notes.package(names[0].replace(/^package:/, ""), at);
  }

  #builtin(role: Role, scope: Scope, at: number): void {
    const name = this.#cursor.text(this.#length(this.#cursor.int())).slice(0, 200);
    this.#token(`name ${name}`);
    if (role === "head" && scope.call !== null) scope.call.head = name;
    if (role === "head") this.notes.call(name, scope.place, at);
    else this.notes.mention(name, scope.place, at);
  }

  async #vector(type: number, flags: number, role: Role, scope: Scope): Promise<void> {
    const { at } = this.#cursor;
    const around = { ...scope, call: null };
    if ((flags & HAS_ATTRIBUTES) !== 0) this.#push({ read: "item", role: "element", in: around });
    switch (type) {
      case SEXP.char: {
        const length = this.#cursor.int();
        return length === -1 ? undefined : this.#characters(this.#length(length), scope, at);
      }
      case SEXP.logical:
      case SEXP.integer:
        return this.#numbers(await this.#vectorLength(), "int");
      case SEXP.real:
        return this.#numbers(await this.#vectorLength(), "double");
      case SEXP.complex:
        return this.#numbers((await this.#vectorLength()) * 2, "double");
      case SEXP.raw: {
        this.#code.at(-1)?.digest.spoil();
        const size = await this.#vectorLength();
        const { at } = this.#cursor;
        await this.#cursor.skip(size, "raw");
        if (size >= KEPT_RAW_BYTES) this.notes.raw(at, size);
        return;
      }
      case SEXP.string:
      case SEXP.vector:
      case SEXP.expression: {
        const count = await this.#vectorLength();
        this.#token(count);
        const words = type === SEXP.string && scope.call !== null ? Math.min(count, MAX_WORDS) : 0;
        if (count > words) this.#push({ read: "items", count: count - words, role: role === "table" ? "bindings" : "element", in: around });
        if (words > 0) this.#push({ read: "items", count: words, role: "element", in: scope });
        return;
      }
      case SEXP.bytecode: {
        this.#compiled(scope.place);
        const repeated = this.#cursor.int();
        if (repeated < 0) throw new StreamBreak("bytecode with fewer than no repeated parts");
        this.#token(repeated);
        return this.#push({ read: "bytecode", in: scope });
      }
      case SEXP.pointer:
        this.#code.at(-1)?.digest.spoil();
        this.notes.pointer();
        this.#refer(null);
        this.#push({ read: "item", role: "element", in: scope });
        return this.#push({ read: "item", role: "element", in: scope });
      case SEXP.weak:
        return this.#refer(null);
      case SEXP.s4:
        return;
      default:
        throw new StreamBreak(`an object of type ${type}, which R does not write`);
    }
  }

  #compiled(place: CallPlace): void {
    const code = this.#code.at(-1);
    if (code !== undefined) code.compiled++;
    else if (place !== "forced") this.notes.compiledCode();
  }

  /** Content of vectors is stepped over, except in code. */
  async #numbers(count: number, what: "int" | "double"): Promise<void> {
    const digest = this.#code.at(-1)?.digest;
    if (digest === undefined || digest.isVoid) return this.#cursor.skip(count, what);
    if (count > MAX_CODE_NUMBERS) {
      digest.spoil();
      return this.#cursor.skip(count, what);
    }
    await this.#cursor.need();
    this.#budget.steps(count >> 2);
    digest.add(count);
    for (let left = what === "int" ? count : 2 * count; left > 0; left--) digest.add(this.#cursor.int());
  }

  /** Content of texts is stepped over, except in code and as arguments of calls. */
  async #characters(length: number, { call }: Scope, at: number): Promise<void> {
    const digest = this.#code.at(-1)?.digest;
    const digested = digest !== undefined && !digest.isVoid;
    if (length > MAX_CODE_TEXT) {
      if (digested) digest.spoil();
      if (call !== null) this.notes.languages.word(call, "", "unread", at);
    }
    if (length > MAX_CODE_TEXT || !(digested || call !== null)) return this.#cursor.skipText(length);
    await this.#cursor.need();
    const text = this.#cursor.text(length);
    if (digested) digest.add(`text ${text}`);
    if (call !== null) this.notes.languages.word(call, text, "text", at);
  }

  #length(length: number): number {
    if (length < 0) throw new StreamBreak(`a length of ${length}`);
    return length;
  }

  /** Long vectors have −1 and then two halves. */
  async #vectorLength(): Promise<number> {
    const length = this.#cursor.int();
    if (length !== -1) return this.#length(length);
    return (this.#cursor.int() >>> 0) * 2 ** 32 + (this.#cursor.int() >>> 0);
  }

  /** ReadBCConsts: a count, and each constant behind its type. */
  async #constant(count: number, scope: Scope): Promise<void> {
    const left = count === -1 ? this.#length(this.#cursor.int()) : count;
    if (count === -1) this.#token(left);
    if (left === 0) return;
    const type = this.#cursor.int();
    this.#token(type);
    if (left > 1) this.#push({ read: "constants", count: left - 1, in: scope });
    if (type === SEXP.bytecode) this.#push({ read: "bytecode", in: scope });
    else if (BYTECODE_LANGUAGE.has(type)) this.#push({ read: "bytecode-language", type, role: "element", in: scope });
    else this.#push({ read: "item", role: "bytecode-constant", in: scope });
  }

  /** ReadBCLang: pairs and calls, shared where they repeat. */
  async #bytecodeLanguage(stated: number, role: Role, scope: Scope): Promise<void> {
    this.#token(stated);
    if (stated === SEXP.bytecodeReference) {
      this.#token(this.#cursor.int());
      return;
    }
    if (!BYTECODE_LANGUAGE.has(stated)) return this.#push({ read: "item", role, in: scope });
    let type = stated;
    if (type === SEXP.bytecodeDefinition) {
      this.#token(this.#cursor.int());
      type = this.#cursor.int();
      this.#token(type);
    }
    const attributed = type === SEXP.attributedLanguage || type === SEXP.attributedList;
    if (!attributed && type !== SEXP.language && type !== SEXP.list) throw new StreamBreak(`bytecode that defines a thing of type ${type}`);
    const isCall = type === SEXP.language || type === SEXP.attributedLanguage;
    const [first, rest] = rolesOf(isCall ? SEXP.language : SEXP.list, role);
    this.#push({ read: "bytecode-language", type: null, role: rest, in: scope });
    this.#push({ read: "bytecode-language", type: null, role: first, in: scope });
    this.#push({ read: "item", role: "element", in: scope });
    if (attributed) this.#push({ read: "item", role: "element", in: scope });
  }
}

/** What evaluates to itself. */
const PLAIN_VALUES: ReadonlySet<number> = new Set([254, SEXP.logical, SEXP.integer, SEXP.real, SEXP.complex, SEXP.string]);

const BYTECODE_LANGUAGE: ReadonlySet<number> = new Set([
  SEXP.language,
  SEXP.list,
  SEXP.attributedLanguage,
  SEXP.attributedList,
  SEXP.bytecodeReference,
  SEXP.bytecodeDefinition,
]);

/** What the first and the rest of a cell are, by what the cell is to what holds it. */
function rolesOf(type: number, role: Role): readonly [Role, Role] {
  if (type === SEXP.language) return role === "head" ? ["head", "qualified"] : ["head", "element"];
  if (type !== SEXP.list) return ["element", "element"];
  if (role === "workspace") return ["variable", "workspace"];
  if (role === "bindings") return ["binding", "bindings"];
  if (role === "alternative") return ["alternative", "element"];
  // the call `pkg::name` at the head of another: package first, then the name that is called
  if (role === "qualified") return ["element", "member"];
  if (role === "member") return ["head", "element"];
  return ["element", "element"];
}

function placeOf(role: Role): Place {
  if (role === "object" || role === "variable" || role === "binding") return role;
  return role === "workspace" ? "object" : "element";
}
