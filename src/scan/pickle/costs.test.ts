import { describe, expect, it } from "vitest";
import { assemble, call, global, type Piece, PROTO4, str, u32 } from "../../../test/fixtures/pickle/assemble.ts";
import { bytesOf } from "../../bytes.ts";
import { parsePickle } from "../../formats/pickle/parse.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { pickleExaminer } from "./index.ts";

async function seen(bytes: Uint8Array): Promise<readonly string[]> {
  const parsed = await parsePickle(bytesOf(bytes), new Budget(DEFAULT_LIMITS));
  const { findings } = pickleExaminer.examine(parsed, { path: "m.pkl", name: "m.pkl", size: bytes.length, containers: [] });
  return findings.filter(({ severity }) => severity !== "info").map(({ severity, rule, title }) => `${severity} ${rule}: ${title}`);
}

const stream = (...pieces: readonly Piece[]): Buffer => assemble(PROTO4, ...pieces, "STOP");
const tuple = (...items: readonly Piece[]): Buffer => assemble("MARK", ...items, "TUPLE");
const MEDIUM = "medium pickle-resource-exhaustion: ";

/** LONG1 of 2^40, which is absurd as a size and ordinary as a value. */
const HUGE: Piece = ["LONG1", 6, Buffer.from([0, 0, 0, 0, 0, 1])];
const SMALL: Piece = ["BININT1", 9];
const long = (digits: number): Piece => ["BINUNICODE", u32(digits), "9".repeat(digits)];
const endless = call("itertools", "count");
const range = (size: Piece): Buffer => call("builtins", "range", size);

/** `(x, x)` of `(x, x)` of … */
const doubled = (levels: number): Piece[] => [
  "EMPTY_TUPLE",
  ...Array.from({ length: levels }, (_, i): Piece[] => [["BINPUT", i], ["BINGET", i], "TUPLE2"]).flat(),
];

/** The same in lists, filled when they are whole. */
const doubledLists = (levels: number): Piece[] => [
  "EMPTY_LIST",
  ...Array.from({ length: levels }, (_, i): Piece[] => [["BINPUT", i], "POP", "EMPTY_LIST", "MARK", ["BINGET", i], ["BINGET", i], "APPENDS"]).flat(),
];

/** `x = []`, `y = []`, `x += [y, y]`, then the same with y in the place of x. */
function outsideIn(levels: number, kind: "EMPTY_LIST" | "EMPTY_DICT" = "EMPTY_LIST"): Piece[] {
  const pair = (i: number): Piece[] =>
    kind === "EMPTY_LIST"
      ? ["MARK", ["BINGET", i], ["BINGET", i], "APPENDS"]
      : ["MARK", str("a"), ["BINGET", i], str("b"), ["BINGET", i], "SETITEMS"];
  const fill = (i: number): Piece[] => [kind, ["BINPUT", i + 1], "POP", ["BINGET", i], ...pair(i + 1), "POP"];
  return [kind, ["BINPUT", 0], ...Array.from({ length: levels }, (_, i) => fill(i)).flat()];
}

const orderedDicts = (levels: number): Piece[] => [
  "NONE",
  ...Array.from({ length: levels }, (_, i): Piece[] => [
    ["BINPUT", i],
    "POP",
    call("collections", "OrderedDict"),
    ...["MARK", str("a"), ["BINGET", i] as const, str("b"), ["BINGET", i] as const, "SETITEMS"],
  ]).flat(),
];

/** `chain(x, x)` of what stands on the stack. */
const chained = (): Piece[] => [["BINPUT", 0], "POP", call("itertools", "chain", ["BINGET", 0], ["BINGET", 0])];

/** An array of so many elements, as numpy writes it, but for its bytes. */
const thousand = (elements: number): Buffer =>
  assemble(
    call("numpy.core.multiarray", "_reconstruct", global("numpy", "ndarray"), tuple(["BININT1", 0]), str("b")),
    tuple(["BININT1", 1], tuple(["BININT", u32(elements)]), "NONE", "NEWFALSE", str("")),
    "BUILD",
  );

function float(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
}

describe("sizes that no model asks for", () => {
  it.each<readonly [string, (size: Piece) => Buffer, string]>([
    ["bytearray", (size) => call("builtins", "bytearray", size), "builtins.bytearray for 1099511627776 bytes of memory"],
    [
      "bytes, made by NEWOBJ",
      (size) => assemble(global("builtins", "bytes"), size, "TUPLE1", "NEWOBJ"),
      "builtins.bytes for 1099511627776 bytes of memory",
    ],
    [
      "bytearray, through copyreg",
      (size) => call("copy_reg", "_reconstructor", global("builtins", "bytearray"), global("builtins", "bytearray"), size),
      "copy_reg._reconstructor for 1099511627776 bytes",
    ],
    [
      "bytearray, for later",
      (size) => call("functools", "partial", global("builtins", "bytearray"), size),
      "builtins.bytearray for 1099511627776 bytes",
    ],
    ["numpy.zeros", (size) => call("numpy", "zeros", tuple(size)), "numpy.zeros for 8796093022208 bytes"],
    [
      "numpy.ndarray by keyword",
      (size) => assemble(global("numpy", "ndarray"), "EMPTY_TUPLE", "EMPTY_DICT", str("shape"), size, "SETITEM", "NEWOBJ_EX"),
      "numpy.ndarray for 8796093022208 bytes",
    ],
    [
      "an array's own constructor",
      (size) => call("numpy.core.multiarray", "_reconstruct", global("numpy", "ndarray"), tuple(size), str("b")),
      "numpy.core.multiarray._reconstruct for 8796093022208",
    ],
    ["numpy.arange", (size) => call("numpy", "arange", size), "numpy.arange for 8796093022208"],
    ["numpy.linspace", (size) => call("numpy", "linspace", SMALL, SMALL, size), "numpy.linspace for 8796093022208"],
    ["a storage of torch", (size) => call("torch", "FloatStorage", size), "torch.FloatStorage for 8796093022208"],
    [
      "a layer of torch, built",
      (size) => call("torch.nn.modules.linear", "Linear", size, SMALL),
      "torch.nn.modules.linear.Linear for 79164837199872",
    ],
    ["a sparse matrix", (size) => call("scipy.sparse._csr", "csr_matrix", tuple(size, SMALL)), "scipy.sparse._csr.csr_matrix for 8796093022208"],
    ["a list of a range", (size) => call("builtins", "list", range(size)), "builtins.list go through 1099511627776 values"],
    [
      "a list of Python 2's range",
      (size) => call("__builtin__", "list", call("__builtin__", "xrange", size)),
      "__builtin__.list go through 1099511627776 values",
    ],
    ["a counter of a range", (size) => call("collections", "Counter", range(size)), "collections.Counter go through 1099511627776 values"],
    [
      "a set of repetitions",
      (size) => call("builtins", "set", call("itertools", "repeat", SMALL, size)),
      "builtins.set go through 1099511627776 values",
    ],
    [
      "a tuple of a slice of a count",
      (size) => call("builtins", "tuple", call("itertools", "islice", endless, size)),
      "builtins.tuple go through 1099511627776 values",
    ],
    ["a tensor of a range", (size) => call("torch", "LongTensor", range(size)), "torch.LongTensor go through 1099511627776 values"],
    [
      "numpy.outer of views",
      (size) => call("numpy", "outer", call("numpy", "broadcast_to", SMALL, tuple(size)), SMALL),
      "numpy.outer go through 1099511627776",
    ],
    ["numpy.repeat", (size) => call("numpy", "repeat", SMALL, size), "numpy.repeat for 8796093022208"],
    ["numpy.tile of a list", (size) => call("numpy", "tile", assemble("MARK", SMALL, SMALL, "LIST"), size), "numpy.tile for 26388279066624"],
    ["numpy.void of a size", (size) => call("numpy", "void", size), "numpy.void go through 1099511627776"],
    ["numpy.diag of an arange", (size) => call("numpy", "identity", size), "numpy.identity for 9.7e+24"],
    ["numpy.power", (size) => call("numpy", "power", SMALL, size), "numpy.power for 8796093022208"],
    [
      "a sum of what is broadcast",
      (size) => call("numpy", "sum", call("numpy", "broadcast_to", SMALL, tuple(size))),
      "numpy.sum go through 1099511627776",
    ],
    ["numpy.diff as often", (size) => call("numpy", "diff", SMALL, size), "numpy.diff go through 1099511627776"],
    ["parts of an array", (size) => call("numpy", "array_split", SMALL, size), "numpy.array_split go through 1099511627776"],
    [
      "the pool of a seed",
      (size) =>
        assemble(global("numpy.random.bit_generator", "SeedSequence"), "EMPTY_TUPLE", "EMPTY_DICT", str("pool_size"), size, "SETITEM", "NEWOBJ_EX"),
      "SeedSequence for 8796093022208",
    ],
    ["a recurrent layer", (size) => call("torch.nn.modules.rnn", "LSTM", SMALL, size), "torch.nn.modules.rnn.LSTM for 79164837199872"],
    ["one_hot", (size) => call("torch.nn.functional", "one_hot", SMALL, size), "torch.nn.functional.one_hot for 8796093022208"],
    ["an index of a range", (size) => call("pandas", "Index", range(size)), "pandas.Index go through 1099511627776 values"],
    ["products of a range", (size) => call("itertools", "product", range(size)), "itertools.product go through 1099511627776 values"],
  ])("%s: medium where it is huge, nothing where it is small", async (_, of, title) => {
    const [only, ...more] = await seen(stream(of(HUGE)));
    expect(more).toEqual([]);
    expect(only).toMatch(new RegExp(`^${MEDIUM}Loading this (?:asks|lets) `));
    expect(only).toContain(title);
    expect(await seen(stream(of(SMALL)))).toEqual([]);
  });

  it.each<readonly [string, Buffer, string]>([
    ["a list without end", call("builtins", "list", endless), "lets builtins.list go through a sequence without end"],
    [
      "a deque of one value for ever",
      call("collections", "deque", call("itertools", "repeat", SMALL)),
      "lets collections.deque go through a sequence without end",
    ],
    ["a list that is numbered without end", call("builtins", "list", call("builtins", "enumerate", endless)), "go through a sequence without end"],
    [
      "every pair of two ranges",
      call("builtins", "list", call("itertools", "product", range(["BININT", u32(100_000)]), range(["BININT", u32(100_000)]))),
      "lets builtins.list go through 10000100000 values",
    ],
    [
      "every order of twenty",
      call("builtins", "list", call("itertools", "permutations", range(["BININT1", 20]))),
      "lets builtins.list go through 2.4e+18 values",
    ],
    [
      "every half of sixty",
      call("builtins", "list", call("itertools", "combinations", range(["BININT1", 60]), ["BININT1", 30])),
      "lets builtins.list go through 1.2e+17 values",
    ],
    ["arguments without end", assemble(global("builtins", "list"), endless, "REDUCE"), "lets builtins.list go through a sequence without end"],
    ["a number of 200,000 digits", call("builtins", "int", long(200_000)), "lets builtins.int read a number of 200000 digits"],
    ["the same as an opcode", assemble(["LONG", `${"9".repeat(200_000)}L\n`]), "lets LONG read a number of 200001 digits"],
    [
      "a fraction with a huge exponent",
      call("fractions", "Fraction", str("1e100000000")),
      "lets fractions.Fraction read a number of 100000000 digits",
    ],
    [
      "an integer of a decimal",
      call("builtins", "int", call("decimal", "Decimal", str("1E+100000000"))),
      "lets builtins.int read a number of 100000000 digits",
    ],
    [
      "an expression that backtracks",
      call("re", "_compile", str("(a+)+$"), SMALL),
      "lets re._compile make a regular expression that can take exponential time",
    ],
    ["an array of large elements", call("numpy", "zeros", tuple(SMALL), str("S4000000000")), "asks numpy.zeros for 36000000000 bytes"],
    [
      "a range in tiny steps",
      call("numpy", "arange", ["BININT1", 0], ["BININT1", 1], ["BINFLOAT", float(1e-12)]),
      "asks numpy.arange for 8000000000000",
    ],
    ["arrays of arrays", call("numpy", "outer", thousand(50_000), thousand(50_000)), "lets numpy.outer go through 2500000000 values"],
    [
      "a list of chains of chains",
      call("builtins", "list", assemble("NONE", "TUPLE1", ...Array.from({ length: 30 }, () => chained()).flat())),
      "lets builtins.list go through 1073741824 values",
    ],
    ["an array of shared lists", call("numpy", "array", assemble(...doubledLists(30))), "asks numpy.array for"],
    [
      "a text of an integer of thousands of digits",
      call("builtins", "str", ["LONG4", u32(5000), Buffer.alloc(5000, 1)]),
      "lets builtins.str read a number",
    ],
    ["shared lists that are filled from the outside in", assemble(...outsideIn(40)), "A value refers to the same values so often"],
    ["the same in dicts", assemble(...outsideIn(40, "EMPTY_DICT")), "A value refers to the same values so often"],
    ["the same in ordered dicts, from the inside", assemble(...orderedDicts(40)), "A value refers to the same values so often"],
    ["shared values in shared values", assemble(...doubled(40)), "A value refers to the same values so often"],
    [
      "the same by DUP",
      assemble("EMPTY_TUPLE", ...Array.from({ length: 40 }, (): Piece[] => ["DUP", "TUPLE2"]).flat()),
      "A value refers to the same values so often",
    ],
    ["tuples within tuples", assemble("EMPTY_TUPLE", ...new Array<Piece>(30_000).fill("TUPLE1")), "A value holds 30001 levels of containers"],
    [
      "lists within lists, filled from the inside",
      assemble(...new Array<Piece>(30_000).fill("EMPTY_LIST"), ...new Array<Piece>(29_999).fill("APPEND")),
      "A value holds 30000 levels of containers",
    ],
    [
      "many that are each too small",
      assemble("MARK", ...Array.from({ length: 9 }, () => call("builtins", "bytearray", ["BININT", u32(2 ** 30)])), "LIST"),
      "asks builtins.bytearray for 9663676416 bytes",
    ],
  ])("%s: medium", async (_, bytes, title) => {
    const [only, ...more] = await seen(stream(bytes));
    expect(more).toEqual([]);
    expect(only).toMatch(new RegExp(`^${MEDIUM}`));
    expect(only).toContain(title);
  });

  it.each<readonly [string, Buffer]>([
    ["a huge range as a value", range(HUGE)],
    ["all but one of a hundred", call("builtins", "list", call("itertools", "combinations", range(["BININT1", 100]), ["BININT1", 99]))],
    ["every pair of two short ranges", call("builtins", "list", call("itertools", "product", range(["BININT1", 20]), range(["BININT1", 20])))],
    ["a counter as a value", endless],
    ["a huge integer as a value", call("uuid", "UUID", HUGE)],
    ["a number of 4,000 digits", call("builtins", "int", long(4000))],
    ["a decimal with a huge exponent", call("decimal", "Decimal", str("1E+100000000"))],
    ["as many as the shorter of two", call("builtins", "list", call("builtins", "zip", endless, assemble("MARK", SMALL, "LIST")))],
    ["an array around a buffer", call("numpy", "ndarray", tuple(HUGE), str("f4"), call("builtins", "bytes"))],
    ["a layer that is restored", assemble(global("torch.nn.modules.linear", "Linear"), "EMPTY_TUPLE", "NEWOBJ")],
    ["a word expression", call("re", "_compile", str("(?u)\\b\\w\\w+\\b"), SMALL)],
    [
      "tuples within tuples, as deep as a raised limit of recursion lets a pickler go",
      assemble("EMPTY_TUPLE", ...new Array<Piece>(10_000).fill("TUPLE1")),
    ],
    ["sharing as models have it", assemble(...doubled(12))],
    ["the same from the outside in", assemble(...outsideIn(12))],
    ["a list in itself", assemble("EMPTY_LIST", ["BINPUT", 0], "MARK", ...Array.from({ length: 40 }, (): Piece => ["BINGET", 0]), "APPENDS")],
  ])("%s: nothing", async (_, bytes) => {
    expect(await seen(stream(bytes))).toEqual([]);
  });
});
