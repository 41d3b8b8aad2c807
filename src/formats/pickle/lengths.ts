import { arrayLengthRuleOf } from "./array-lengths.ts";
import { canonicalName } from "./evaluate.ts";
import { integerOf, isObject, type Value } from "./values.ts";

export type LengthRule = (args: readonly Value[]) => number | null;

/** How much iterating over the result of a call yields, for those that yield more than their arguments take in the file. */
const LENGTHS: ReadonlyMap<string, LengthRule> = new Map<string, LengthRule>([
  ["builtins.range", rangeLength],
  ["itertools.count", () => Number.POSITIVE_INFINITY],
  ["itertools.cycle", ([values = null]) => (lengthOf(values) === 0 ? 0 : Number.POSITIVE_INFINITY)],
  ["itertools.repeat", ([, times]) => (times === undefined ? Number.POSITIVE_INFINITY : integerOf(times))],
  ["itertools.chain", sumOf],
  ["itertools.zip_longest", (parts) => Math.max(0, ...parts.map((part) => lengthOf(part) ?? 0))],
  ["itertools.compress", ([values = null, selectors = null]) => least(lengthOf(values), lengthOf(selectors))],
  ["itertools.pairwise", ([values = null]) => lengthOf(values)],
  ["itertools.islice", ([values = null, ...bounds]) => least(lengthOf(values), integerOf(bounds[bounds.length > 1 ? 1 : 0] ?? null))],
  ["itertools.product", (parts) => parts.reduce<number>((product, part) => product * (lengthOf(part) ?? 1), 1)],
  ["itertools.permutations", ([values = null, size = null]) => arrangements(lengthOf(values), integerOf(size))],
  ["itertools.combinations", ([values = null, size = null]) => selections(lengthOf(values), integerOf(size))],
  ["itertools.combinations_with_replacement", ([values = null, size = null]) => repeatedSelections(lengthOf(values), integerOf(size))],
  ["builtins.iter", ([values = null]) => lengthOf(values)],
  ["builtins.enumerate", ([values = null]) => lengthOf(values)],
  ["builtins.reversed", ([values = null]) => lengthOf(values)],
  ["builtins.zip", (parts) => parts.reduce<number | null>((shortest, part) => least(shortest, lengthOf(part)), null)],
  ...["list", "tuple", "set", "frozenset"].map((name) => [`builtins.${name}`, ([values = null]) => lengthOf(values)] as const satisfies Rule),
  ...["deque", "UserList"].map((name) => [`collections.${name}`, ([values = null]) => lengthOf(values)] as const satisfies Rule),
  ["builtins.bytes", sizeOrLength],
  ["builtins.bytearray", sizeOrLength],
  ["ipaddress.IPv4Network", ([network = null]) => networkSize(network, 32)],
  ["ipaddress.IPv6Network", ([network = null]) => networkSize(network, 128)],
]);

type Rule = readonly [string, LengthRule];

/** How to tell the length of what a callable makes, where it can be more than what the file holds. */
export function lengthRuleOf(module: string, name: string): LengthRule | null {
  return LENGTHS.get(canonicalName(module, name)) ?? arrayLengthRuleOf(module, name);
}

/** How many elements iterating over a value yields; null where that is not known. */
export function lengthOf(value: Value): number | null {
  if (typeof value === "string") return value.length;
  if (!isObject(value)) return null;
  if ("length" in value) return value.length;
  return value.kind === "bytes" || value.kind === "text" ? value.size : null;
}

function sumOf(parts: readonly Value[]): number {
  return parts.reduce<number>((sum, part) => sum + (lengthOf(part) ?? 0), 0);
}

/** n!/(n-k)! orders of k out of n. Without a size all n are taken. */
function arrangements(n: number | null, size: number | null): number | null {
  const k = size ?? n;
  if (n === null || k === null) return null;
  return k > n || k < 0 ? 0 : product(k, (i) => n - i);
}

/** n!/(n-k)!k! sets of k out of n. */
function selections(n: number | null, k: number | null): number | null {
  if (n === null || k === null) return null;
  return k > n || k < 0 ? 0 : product(Math.min(k, n - k), (i) => (n - i) / (i + 1));
}

/** Of n things that may be taken again, as many sets as of n + k - 1 that may not. */
function repeatedSelections(n: number | null, k: number | null): number | null {
  return n === null || k === null || n === 0 ? null : selections(n + k - 1, k);
}

function product(factors: number, factor: (i: number) => number): number {
  let count = 1;
  for (let i = 0; i < Math.min(factors, MOST_FACTORS) && count < Number.MAX_VALUE; i++) count *= factor(i);
  return count;
}

/** More change nothing about how long it takes. */
const MOST_FACTORS = 64;

function rangeLength(args: readonly Value[]): number | null {
  const [first = null, second, third] = args.map(integerOf);
  if (first === null || second === null || third === null || third === 0) return null;
  const [from, to] = second === undefined ? [0, first] : [first, second];
  return Math.max(0, Math.ceil((to - from) / (third ?? 1)));
}

function sizeOrLength([value = null]: readonly Value[]): number | null {
  return integerOf(value) ?? lengthOf(value);
}

function networkSize(network: Value, bits: number): number | null {
  const prefix = typeof network === "string" ? /\/(\d{1,3})$/.exec(network)?.[1] : undefined;
  return prefix === undefined ? null : 2 ** Math.max(0, bits - Number(prefix));
}

function least(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}
