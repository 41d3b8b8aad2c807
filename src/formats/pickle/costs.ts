import { arrayLengthRuleOf, elementBytes, elementsIn, elementsOf, isComputed, isView } from "./array-lengths.ts";
import { isExponential } from "./backtracking.ts";
import { canonicalName } from "./evaluate.ts";
import type { CostMeasure } from "./facts.ts";
import { lengthOf } from "./lengths.ts";
import { argumentsOf, type Call, entryOf, integerOf, isObject, itemsOf, type Value } from "./values.ts";

/** What a call costs beyond what its arguments take in the file. */
export interface Cost {
  readonly measure: CostMeasure;
  readonly amount: number;
}

export type CostRule = (call: Call) => Cost | null;
type ArgumentRule = (args: readonly Value[]) => Cost | null;

const ITEM_BYTES = 8;

/** Rules by canonical name. Other callables that take such arguments are on no allowlist, and findings themselves. */
const RULES: ReadonlyMap<string, ArgumentRule> = new Map<string, ArgumentRule>([
  ...named("builtins", "bytes bytearray", ([size = null]) => bytes(integerOf(size)) ?? iterated([size])),
  ...named("builtins", "list tuple set frozenset dict sum min max any all sorted", ([values = null]) => iterated([values])),
  ...named("builtins", "int", ([value = null]) => digits(value)),
  ...named("builtins", "str", ([value = null]) => longNumber(value)),
  ...named("fractions", "Fraction", ([value = null, divisor = null]) => digits(value) ?? longNumber(value) ?? longNumber(divisor)),
  ...named("collections", "deque Counter OrderedDict UserList UserDict", ([values = null]) => iterated([values])),
  ...named("collections", "defaultdict", ([, values = null]) => iterated([values])),
  ...named("itertools", "product permutations combinations combinations_with_replacement", (args) => iterated(args)),
  ...named("array", "array", ([, values = null]) => iterated([values])),
  ...named("re", "_compile", ([pattern = null]) =>
    isExponential(textOf(pattern)) ? { measure: "backtracking", amount: Number.POSITIVE_INFINITY } : null,
  ),
  ...["numpy.core", "numpy._core"].flatMap((core) => [
    ...named(`${core}.multiarray`, "_reconstruct", ([, shape = null]) => array(elementsOf(shape))),
    ...named(`${core}._internal`, "_reconstruct", ([, shape = null]) => array(elementsOf(shape))),
    ...named(`${core}._multiarray_umath`, "_reconstruct", ([, shape = null]) => array(elementsOf(shape))),
  ]),
  ...named("numpy.ma.core", "_mareconstruct", ([, , shape = null]) => array(elementsOf(shape))),
  ...[
    "scipy.sparse._csr",
    "scipy.sparse._csc",
    "scipy.sparse._lil",
    "scipy.sparse._bsr",
    "scipy.sparse.csr",
    "scipy.sparse.csc",
    "scipy.sparse.lil",
  ].flatMap((module) =>
    named(module, "csr_matrix csr_array csc_matrix csc_array lil_matrix lil_array bsr_matrix bsr_array", ([shape = null]) => array(longest(shape))),
  ),
  ...named(
    "torch",
    "BFloat16Storage BoolStorage ByteStorage CharStorage DoubleStorage FloatStorage HalfStorage IntStorage LongStorage ShortStorage",
    ([size = null]) => array(integerOf(size)),
  ),
  ...named("torch.storage", "UntypedStorage TypedStorage _UntypedStorage _TypedStorage", ([size = null]) => bytes(integerOf(size))),
  ...named(
    "torch",
    "BFloat16Tensor BoolTensor ByteTensor CharTensor DoubleTensor FloatTensor HalfTensor IntTensor LongTensor ShortTensor Tensor",
    (sizes) => array(productOf(sizes)) ?? iterated(sizes) ?? array(elementsIn(sizes[0] ?? null)),
  ),
  ...named("torch", "Size", ([values = null]) => iterated([values])),
]);

function named(module: string, names: string, rule: ArgumentRule): (readonly [string, ArgumentRule])[] {
  return names.split(" ").map((name) => [`${module}.${name}`, rule] as const);
}

/** What a callable costs by its arguments, where that is known. */
export function costRuleOf(module: string, name: string): CostRule {
  const canonical = canonicalName(module, name);
  if (canonical === "copyreg._reconstructor") return ofReconstructor;
  const rule = RULES.get(canonical) ?? ruleOfKind(module, name);
  return (call) => unpacked(call.args) ?? rule(call.kwargs === null ? itemsOf(call.args) : argumentsOf(call), call);
}

/** Of what has no rule of its own, by what kind of callable it is. */
function ruleOfKind(module: string, name: string): (args: readonly Value[], call: Call) => Cost | null {
  const rule = arrayLengthRuleOf(module, name);
  if (rule !== null) return isComputed(name) ? ofComputation : isView(name) ? () => null : ofArray;
  if (name === "SeedSequence" && module.startsWith("numpy.random")) return (_, { kwargs }) => array(integerOf(entryOf(kwargs, "pool_size") ?? null));
  if (/^torch\.(?:ao\.)?nn\.(?:\w+\.)?modules\./.test(module)) return (args, { how }) => (how === "new" ? null : array(layerSize(args)));
  if (module === "torch.nn.functional" || (module === "torch" && /^[a-z]/.test(name))) return (args) => array(tensorSize(args));
  return KEEPS.test(module) ? () => null : iteratedAnywhere;
}

/** Modules whose classes and functions keep what they are given, or go over it only when they are asked. */
const KEEPS =
  /^(?:__builtin__|builtins|argparse|collections\.abc|copy_?reg|dataclasses|exceptions|_?functools|itertools|logging|_?operator|types|typing)$/;

/** An array by its length, and by the size of its elements. */
function ofArray(args: readonly Value[], { length, callee }: Call): Cost | null {
  const wrapsBuffer = isObject(callee) && callee.kind === "global" && callee.name === "ndarray" && (args[2] ?? null) !== null;
  return length === null || wrapsBuffer ? null : bytes(length * elementBytes(args));
}

function ofComputation(_: readonly Value[], { length }: Call): Cost | null {
  return length === null || length <= 1 ? null : { measure: "items", amount: length };
}

/** Parameters of a layer: it has a weight for each pair of inputs and outputs. */
function layerSize(args: readonly Value[]): number {
  const [most = 1, next = 1] = args.map((arg) => elementsOf(arg) ?? 1).sort((a, b) => b - a);
  return most * Math.max(1, next);
}

function tensorSize(args: readonly Value[]): number {
  return Math.max(1, ...args.map((arg) => elementsOf(arg) ?? 1));
}

/** `_reconstructor(cls, base, state)` calls `base.__new__(cls, state)`, and `base.__init__` with the state. */
function ofReconstructor({ args }: Call): Cost | null {
  const [, base = null, state = null] = itemsOf(args);
  return isObject(base) && base.kind === "global" ? (RULES.get(canonicalName(base.module, base.name))?.([state]) ?? null) : null;
}

/** pickle's own REDUCE in Python unpacks whatever stands for the arguments; that in C takes only a tuple. */
function unpacked(args: Value): Cost | null {
  return isObject(args) && args.kind === "call" ? iterated([args]) : null;
}

/** What is computed and then gone over; what stands in the file costs what it takes there. */
function iterated(values: readonly Value[]): Cost | null {
  let most = 0;
  for (const value of values) if (isObject(value) && value.kind === "call" && value.length !== null && value.length > most) most = value.length;
  return most === 0 ? null : { measure: "items", amount: most };
}

/** The same for arguments, and for what stands in a dict of them. */
function iteratedAnywhere(values: readonly Value[]): Cost | null {
  let cost = iterated(values);
  for (const value of values) if (isObject(value) && value.kind === "dict") cost ??= iterated(value.entries);
  return cost;
}

function bytes(amount: number | null): Cost | null {
  return amount === null ? null : { measure: "bytes", amount };
}

function array(elements: number | null): Cost | null {
  return elements === null ? null : bytes(ITEM_BYTES * elements);
}

/** Digits that converting takes, by their number squared: those of a text, or the exponent that stands for as many zeros. */
function digits(value: Value): Cost | null {
  if (isObject(value) && value.kind === "call") {
    const { callee } = value;
    const [text = null] = itemsOf(value.args);
    return isObject(callee) && callee.kind === "global" && canonicalName(callee.module, callee.name) === "decimal.Decimal" ? exponent(text) : null;
  }
  const length = typeof value === "string" || (isObject(value) && (value.kind === "text" || value.kind === "bytes")) ? lengthOf(value) : null;
  return length === null ? null : { measure: "digits", amount: Math.max(length, exponent(value)?.amount ?? 0) };
}

function exponent(value: Value): Cost | null {
  const power = /[eE]\+?(\d{1,18})\s*$/.exec(textOf(value))?.[1];
  return power === undefined ? null : { measure: "digits", amount: Number(power) };
}

function textOf(value: Value): string {
  if (typeof value === "string") return value;
  if (!isObject(value)) return "";
  if (value.kind === "text") return value.head;
  return value.kind === "bytes" ? Buffer.from(value.head).toString("latin1") : "";
}

/** Integers that are too long to be kept as a number here; each takes thousands of digits. */
function longNumber(value: Value): Cost | null {
  return value === Number.POSITIVE_INFINITY ? { measure: "digits", amount: MANY_DIGITS } : null;
}

const MANY_DIGITS = 100_000;

function productOf(values: readonly Value[]): number | null {
  const sizes = values.map(integerOf).filter((size) => size !== null);
  return sizes.length === 0 ? null : sizes.reduce((all, size) => all * Math.max(0, size), 1);
}

/** Rows or columns of a sparse matrix, whichever are more: its index has one number for each. */
function longest(shape: Value): number | null {
  const sizes = itemsOf(shape).map(integerOf);
  return sizes.length === 2 && sizes.every((size) => size !== null) ? Math.max(...sizes) : null;
}
