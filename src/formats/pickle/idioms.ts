import { MAX_ENCODED_BYTES } from "./candidates.ts";
import { canonicalName } from "./evaluate.ts";
import { type Call, type Global, isObject, itemsOf, type Value } from "./values.ts";

/** Whether a call has a form in which the values of the stream alone say what it yields, as pickle and the frameworks write it. */
export type Idiom = (args: readonly Value[]) => boolean;

const IDIOMS: ReadonlyMap<string, Idiom> = new Map<string, Idiom>([
  // the types of the three constants
  ["builtins.type", (args) => args.length === 1 && isConstant(args[0] ?? null)],
  // an iterator over values; with two arguments it calls the first
  ["builtins.iter", (args) => args.length === 1 && !isGlobal(args[0] ?? null)],
  // `typing.List[int]`: a class in brackets makes an alias of it
  ["operator.getitem", (args) => args.length === 2 && isPlainClass(args[0] ?? null)],
  // `int | None`
  ["operator.or_", (args) => args.length === 2 && args.every(isAnnotation)],
  ["functools.reduce", ([callee = null, members = null, ...more]) => more.length === 0 && isNamed(callee, "operator.or_") && areAnnotations(members)],
  // a ufunc by its names, which then stand for the ufunc
  ["numpy.core._ufunc_reconstruct", (args) => args.length === 2 && args.every((arg) => typeof arg === "string")],
  ["numpy._core._ufunc_reconstruct", (args) => args.length === 2 && args.every((arg) => typeof arg === "string")],
  // an array as dill pickles it: `_reconstruct(class, shape, type)`, and its state
  ["dill._dill._create_array", ([callee = null, args = null, , attributes = null]) => attributes === null && isTuple(args) && makesArray(callee)],
  // what takes items by literal keys when it is called
  ["operator.itemgetter", (args) => args.length > 0 && args.every(isLiteralKey)],
  // a tensor's storage as torch pickles it: a file of its own in bytes, whose pickles are read like any other
  ["torch.storage._load_from_bytes", (args) => args.length === 1 && startOfBytes(args[0] ?? null).startsWith(LEGACY_TORCH)],
]);

/** What looks attributes up by literal, plain names when it is called. What these do then is up to what they are given. */
const HELD: ReadonlyMap<string, Idiom> = new Map<string, Idiom>([
  ["operator.attrgetter", (args) => args.length > 0 && args.every(isPlainName)],
  ["operator.methodcaller", ([name = null]) => isPlainName(name)],
]);

/** PROTO 2 and the number that torch.save writes first (torch/serialization.py, MAGIC_NUMBER). */
const LEGACY_TORCH = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";

/** The idiom of a callable, where it has one. */
export function idiomOf(module: string, name: string): Idiom | undefined {
  return IDIOMS.get(canonicalName(module, name));
}

/** The form of calls that only keep something for later, where a callable has one. */
export function heldIdiomOf(module: string, name: string): Idiom | undefined {
  return HELD.get(canonicalName(module, name));
}

function isPlainName(value: Value): boolean {
  return typeof value === "string" && /^[A-Za-z][A-Za-z0-9_]*$/.test(value);
}

function isLiteralKey(value: Value): boolean {
  return typeof value === "number" || (typeof value === "string" && !/^__.*__$/.test(value));
}

function isGlobal(value: Value): value is Global {
  return isObject(value) && value.kind === "global";
}

function isNamed(value: Value, name: string): boolean {
  return isGlobal(value) && canonicalName(value.module, value.name) === name;
}

function isTuple(value: Value): boolean {
  return isObject(value) && value.kind === "tuple";
}

function makesArray(value: Value): boolean {
  return isNamed(value, "numpy.core.multiarray._reconstruct") || isNamed(value, "numpy._core.multiarray._reconstruct");
}

function isConstant(value: Value): boolean {
  return value === null || isNamed(value, "builtins.Ellipsis") || isNamed(value, "builtins.NotImplemented");
}

/** Something that the stream names without attributes, and not one of the mappings through which modules and attributes are reached. */
function isPlainClass(value: Value): boolean {
  return isGlobal(value) && value.source === null && !value.name.includes(".") && !/^(?:modules|__\w+__)$/.test(value.name);
}

const MAKES_ANNOTATIONS: ReadonlySet<string> = new Set([
  "builtins.type",
  "operator.getitem",
  "operator.or_",
  "functools.reduce",
  "types.GenericAlias",
]);

function isAnnotation(value: Value): boolean {
  if (value === null || isGlobal(value)) return true;
  if (!isObject(value) || value.kind !== "call") return false;
  const { callee } = value;
  return isGlobal(callee) && MAKES_ANNOTATIONS.has(canonicalName(callee.module, callee.name));
}

function areAnnotations(members: Value): boolean {
  return isObject(members) && members.kind === "tuple" && members.items.length === members.length && members.items.every(isAnnotation);
}

/** First bytes of a bytes value that is read to its end, also of one that protocols 0 to 2 carry as text: `_codecs.encode(text, 'latin1')`. */
function startOfBytes(value: Value): string {
  if (!isObject(value)) return "";
  if (value.kind === "bytes") return Buffer.from(value.head.subarray(0, 64)).toString("latin1");
  if (value.kind !== "call" || !isCarriedText(value)) return "";
  const [text = null] = itemsOf(value.args);
  if (typeof text === "string") return text.slice(0, 64);
  return isObject(text) && text.kind === "text" && text.size <= MAX_ENCODED_BYTES ? text.head.slice(0, 64) : "";
}

function isCarriedText({ callee, args }: Call): boolean {
  return isNamed(callee, "_codecs.encode") && itemsOf(args)[1] === "latin1";
}
