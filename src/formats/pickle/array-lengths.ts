import { type Call, integerOf, isObject, itemsOf, numberOf, type Value } from "./values.ts";

type LengthRule = (args: readonly Value[]) => number | null;

/**
 * How many elements the arrays have that functions of numpy make, by what their arguments say. All others of its functions go over their arguments, which
 * numpy broadcasts against one another: the product of their sizes, at most.
 */
const ARRAYS: ReadonlyMap<string, LengthRule> = new Map<string, LengthRule>([
  ...named("zeros ones empty full ndarray recarray chararray indices", ([shape = null]) => elementsOf(shape)),
  ...named("zeros_like ones_like empty_like full_like", (args) => Math.max(...args.map((arg) => elementsOf(arg) ?? 1), 1)),
  ...named("broadcast_to reshape resize", ([array = null, shape = null]) => Math.max(elementsIn(array), elementsOf(shape) ?? 1)),
  ...named("repeat tile", ([array = null, times = null]) => elementsIn(array) * (elementsOf(times) ?? 1)),
  ...named("pad", ([array = null, widths = null]) => elementsIn(array) + 2 * elementsIn(widths) * largest([widths])),
  ...named("arange", arangeLength),
  ...named("linspace logspace geomspace", ([, , count = null]) => integerOf(count)),
  ...named("identity", ([rows = null]) => square(integerOf(rows))),
  ...named("eye tri", ([rows = null, columns = null]) => rectangle(integerOf(rows), integerOf(columns))),
  ...named("tril_indices triu_indices", ([rows = null, , columns = null]) => rectangle(integerOf(rows), integerOf(columns))),
  ...named("vander", ([array = null, columns = null]) => elementsIn(array) * (integerOf(columns) ?? elementsIn(array))),
  ...named("diag diagflat", ([array = null]) => square(elementsIn(array))),
  ...named("bincount", (args) => largest(args)),
  ...named("histogram histogram_bin_edges histogram2d array_split split hsplit vsplit dsplit diff", ([array = null, ...counts]) =>
    Math.max(elementsIn(array), largest(counts)),
  ),
  ...named("power float_power left_shift multiply", (args) => Math.max(broadcast(args), largest(args))),
  ...named("array asarray asanyarray ascontiguousarray asfortranarray copy atleast_1d atleast_2d atleast_3d", ([values = null]) =>
    elementsIn(values),
  ),
  ...named("append block column_stack concat concatenate dstack hstack meshgrid row_stack stack vstack", (args) =>
    args.reduce<number>((sum, arg) => sum + elementsIn(arg), 0),
  ),
]);

/** Names that make one number or describe a type: their arguments are values, however large. */
const SCALAR =
  /^(?:dtype|finfo|iinfo|poly1d|matrix|_CopyMode|record|(?:u?int|float|complex)(?:\d+_?|_|p|c)?|[cu]?(?:byte|short|long|longlong|single|double|longdouble|float|int)|bool_?\d*|str_|string_|unicode_|object_?\d*|datetime64|timedelta64|\w*(?:Warning|Error))$/;

/** Makes a scalar of as many bytes as it is told. */
const SIZED = /^(?:void0?|bytes_|bytes0)$/;

function named(names: string, rule: LengthRule): (readonly [string, LengthRule])[] {
  return names.split(" ").map((name) => [name, rule] as const);
}

/** How to tell how many elements an array has that a function of numpy makes; null for what makes none. */
export function arrayLengthRuleOf(module: string, name: string): LengthRule | null {
  if (module === "numpy.linalg" || module === "numpy.linalg.linalg") return ([array = null]) => elementsIn(array) ** 1.5;
  if (module !== "numpy" || SCALAR.test(name)) return null;
  return SIZED.test(name) ? ([size = null]) => integerOf(size) : (ARRAYS.get(name) ?? broadcast);
}

/** Whether calling it takes the memory of what it makes. Views take none, and what computes takes time. */
export function isComputed(name: string): boolean {
  return !ARRAYS.has(name) || /^(?:array_)?\w?split$|^diff$/.test(name);
}

/** Makes no copy of what it is given. */
export function isView(name: string): boolean {
  return /^(?:broadcast_to|reshape)$/.test(name);
}

function broadcast(args: readonly Value[]): number {
  return args.reduce<number>((product, arg) => product * Math.max(1, elementsIn(arg)), 1);
}

/** Elements that an array of a value has: those of its containers, those shared counted each time, and of arrays that calls make. */
export function elementsIn(value: Value): number {
  if (!isObject(value)) return 1;
  if (value.kind === "call") return heldBy(value);
  if (!("weight" in value)) return 1;
  const made = itemsOf(value).reduce<number>((sum, item) => sum + (isObject(item) && item.kind === "call" ? heldBy(item) : 0), 0);
  return Math.max(value.weight, made);
}

function heldBy({ length, state }: Call): number {
  return length ?? (typeof state === "number" ? state : 1);
}

/** Elements of an array of this shape: an integer, or a tuple or list of them. */
export function elementsOf(shape: Value): number | null {
  const one = integerOf(shape);
  if (one !== null) return one;
  if (!isObject(shape) || !("items" in shape) || shape.items.length !== shape.length) return null;
  return shape.items.reduce<number | null>((product, item) => {
    const size = integerOf(item);
    return product === null || size === null ? null : product * Math.max(0, size);
  }, 1);
}

/** The largest integer among values and those that they hold, as far as they are looked at. */
function largest(values: readonly Value[]): number {
  const open = [...values];
  let most = 0;
  for (let i = 0; i < Math.min(open.length, MOST_LOOKED_AT); i++) {
    const value = open[i] ?? null;
    const number = integerOf(value);
    if (number !== null) most = Math.max(most, number);
    else if (open.length < MOST_LOOKED_AT) open.push(...itemsOf(value));
  }
  return most;
}

const MOST_LOOKED_AT = 128;

function arangeLength(args: readonly Value[]): number | null {
  const [first = null, second = null, step = 1] = args.slice(0, 3).map(numberOf);
  if (first === null) return null;
  const [from, to] = second === null ? [0, first] : [first, second];
  return Math.max(0, Math.ceil((to - from) / (step === null || step === 0 ? 1 : step)));
}

function square(n: number | null): number | null {
  return n === null ? null : n * n;
}

function rectangle(rows: number | null, columns: number | null): number | null {
  return rows === null ? null : Math.max(0, rows) * Math.max(0, columns ?? rows);
}

/** Bytes of one element, by the type that one of the arguments names; those of a double where none does. */
export function elementBytes(args: readonly Value[]): number {
  return Math.max(8, ...args.map(bytesOfType));
}

function bytesOfType(type: Value): number {
  if (isObject(type) && type.kind === "call") return bytesOfType(itemsOf(type.args)[0] ?? null);
  const [, letter, digits] = typeof type === "string" ? (/^[<>=|]?([SUVa])(\d{1,18})$/.exec(type) ?? []) : [];
  return digits === undefined ? 0 : Number(digits) * (letter === "U" ? 4 : 1);
}
