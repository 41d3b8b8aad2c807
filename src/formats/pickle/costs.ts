import { isExponential } from "./backtracking.ts";
import { canonicalName } from "./evaluate.ts";
import type { CostMeasure } from "./facts.ts";
import { elementsOf, integerOf, lengthOf, lengthOfCall } from "./lengths.ts";
import { type Call, isObject, itemsOf, type Value } from "./values.ts";

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
  ...named("fractions", "Fraction", ([value = null]) => digits(value)),
  ...named("collections", "deque Counter OrderedDict UserList UserDict", ([values = null]) => iterated([values])),
  ...named("collections", "defaultdict", ([, values = null]) => iterated([values])),
  ...named("itertools", "product permutations combinations combinations_with_replacement", (args) => iterated(args)),
  ...named("array", "array", ([, values = null]) => iterated([values])),
  ...named("re", "_compile", ([pattern = null]) =>
    isExponential(textOf(pattern)) ? { measure: "backtracking", amount: Number.POSITIVE_INFINITY } : null,
  ),
  ...named("numpy", "zeros ones empty full recarray chararray indices", ([shape = null]) => array(elementsOf(shape))),
  ...named("numpy", "ndarray", ([shape = null, , buffer = null]) => (buffer === null ? array(elementsOf(shape)) : null)),
  ...named("numpy", "arange", (args) => array(lengthOfRange(args))),
  ...named("numpy", "linspace logspace geomspace", ([, , count = null]) => array(integerOf(count))),
  ...named("numpy", "eye identity tri", ([rows = null, columns = rows]) => array(product(integerOf(rows), integerOf(columns)))),
  ...named("numpy", "repeat resize tile pad", ([, times = null]) => array(elementsOf(times))),
  ...named("numpy", "array asarray asanyarray ascontiguousarray asfortranarray atleast_1d stack concatenate", ([values = null]) =>
    iterated([values]),
  ),
  ...["numpy.core", "numpy._core"].flatMap((core) => [
    ...named(`${core}.multiarray`, "_reconstruct", ([, shape = null]) => array(elementsOf(shape))),
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
    (sizes) => array(productOf(sizes)) ?? iterated(sizes),
  ),
  ...named("torch", "Size", ([values = null]) => iterated([values])),
  ...named("torch.nn.modules.linear", "Linear Bilinear NonDynamicallyQuantizableLinear", (sizes) => array(productOf(sizes))),
  ...named("torch.nn.modules.sparse", "Embedding EmbeddingBag", ([rows = null, columns = null]) =>
    array(product(integerOf(rows), integerOf(columns))),
  ),
  ...named("torch.nn.modules.conv", "Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d", ([channels = null, filters = null]) =>
    array(product(integerOf(channels), integerOf(filters))),
  ),
  ...named("pandas", "Series DataFrame Categorical", ([values = null]) => iterated([values])),
]);

function named(module: string, names: string, rule: ArgumentRule): (readonly [string, ArgumentRule])[] {
  return names.split(" ").map((name) => [`${module}.${name}`, rule] as const);
}

/** What a callable costs by its arguments, where that is known. */
export function costRuleOf(module: string, name: string): CostRule {
  const canonical = canonicalName(module, name);
  if (canonical === "copyreg._reconstructor") return ofReconstructor;
  const rule = RULES.get(canonical);
  return (call) => unpacked(call.args) ?? rule?.(argumentsOf(call)) ?? null;
}

/** The arguments by position; where there are none, those by name in their order. */
function argumentsOf({ args, kwargs }: Call): readonly Value[] {
  const items = itemsOf(args);
  if (items.length > 0 || !isObject(kwargs) || kwargs.kind !== "dict") return items;
  return kwargs.entries.filter((_, i) => i % 2 === 1);
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
  const lengths = values.map((value) => (isObject(value) && value.kind === "call" ? (lengthOfCall(value) ?? 0) : 0));
  const amount = Math.max(0, ...lengths);
  return amount === 0 ? null : { measure: "items", amount };
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

function lengthOfRange(args: readonly Value[]): number | null {
  const numbers = args.slice(0, 3).map(integerOf);
  const [first = null, second = null, step = 1] = numbers;
  if (first === null) return null;
  const [from, to] = second === null ? [0, first] : [first, second];
  return Math.max(0, Math.ceil((to - from) / (step === null || step === 0 ? 1 : step)));
}

function product(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.max(0, a) * Math.max(0, b);
}

function productOf(values: readonly Value[]): number | null {
  const sizes = values.map(integerOf).filter((size) => size !== null);
  return sizes.length === 0 ? null : sizes.reduce((all, size) => all * Math.max(0, size), 1);
}

/** Rows or columns of a sparse matrix, whichever are more: its index has one number for each. */
function longest(shape: Value): number | null {
  const sizes = itemsOf(shape).map(integerOf);
  return sizes.length === 2 && sizes.every((size) => size !== null) ? Math.max(...sizes) : null;
}
