import { describe, expect, it } from "vitest";
import { assemble, bin, call, global, PAYLOAD, type Piece, PROTO4, str, u32 } from "../../../test/fixtures/pickle/assemble.ts";
import { bytesOf } from "../../bytes.ts";
import { parsePickle } from "../../formats/pickle/parse.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { pickleExaminer } from "./index.ts";

async function seen(...pieces: readonly Piece[]): Promise<readonly string[]> {
  const bytes = assemble(PROTO4, ...pieces, "STOP");
  const parsed = await parsePickle(bytesOf(bytes), new Budget(DEFAULT_LIMITS));
  const { findings } = pickleExaminer.examine(parsed, { path: "m.pkl", name: "m.pkl", size: bytes.length, containers: [] });
  return findings.filter(({ severity }) => severity !== "info").map(({ severity, title }) => `${severity} ${title}`);
}

const none = call("builtins", "type", "NONE");
const list = (...items: readonly Piece[]): Buffer => assemble("MARK", ...items, "LIST");
const tuple = (...items: readonly Piece[]): Buffer => assemble("MARK", ...items, "TUPLE");
const subscript = (of: Piece, key: Piece): Buffer => call("_operator", "getitem", of, key);
const or = (...members: readonly Piece[]): Buffer => call("functools", "reduce", global("_operator", "or_"), tuple(...members));
const int = global("builtins", "int");

const longBin = (bytes: Buffer): Piece => ["BINBYTES", u32(bytes.length), bytes];

/** The five pickles of a storage that torch saves on its own, then its bytes. */
function legacyTorch(...inside: readonly Piece[]): Buffer {
  const magic = assemble(["PROTO", 2], ["LONG1", 10, Buffer.from("6cfc9c46f9206aa85019", "hex")], "STOP");
  const version = assemble(["PROTO", 2], ["BININT2", 0xe9, 3], "STOP");
  const system = assemble(["PROTO", 2], "EMPTY_DICT", "STOP");
  const id = tuple(str("storage"), global("torch", "FloatStorage"), str("0"), str("cpu"), ["BININT1", 3]);
  const keys = assemble(["PROTO", 2], list(str("0")), "STOP");
  return Buffer.concat([magic, version, system, assemble(["PROTO", 2], ...inside, id, "BINPERSID", "STOP"), keys, u32(3), u32(0), Buffer.alloc(12)]);
}

function tensor(storage: Piece): Buffer {
  return call(
    "torch._utils",
    "_rebuild_tensor_v2",
    storage,
    ["BININT1", 0],
    tuple(["BININT1", 3]),
    tuple(["BININT1", 1]),
    "NEWFALSE",
    call("collections", "OrderedDict"),
  );
}

const carried = (bytes: Buffer): Buffer =>
  call("_codecs", "encode", ["BINUNICODE", u32(Buffer.from(bytes.toString("latin1")).length), bytes.toString("latin1")], str("latin1"));

const shape = (...sizes: readonly Piece[]): Piece => tuple(global("numpy", "ndarray"), tuple(...sizes), bin(Buffer.from("b")));
const DTYPE = assemble(
  call("numpy", "dtype", str("f8"), "NEWFALSE", "NEWTRUE"),
  tuple(["BININT1", 3], str("<"), "NONE", "NONE", "NONE", ["BININT", u32(0xffffffff)], ["BININT", u32(0xffffffff)], ["BININT1", 0]),
  "BUILD",
);
const DILL_STATE = tuple(["BININT1", 1], tuple(["BININT1", 3]), DTYPE, "NEWFALSE", bin(Buffer.alloc(24)));
const DILL_ARRAY = [global("numpy._core.multiarray", "_reconstruct"), shape(["BININT1", 0]), DILL_STATE];

describe("idioms of pickle and the frameworks", () => {
  it.each<readonly [string, Buffer]>([
    ["typing.List[int]", subscript(global("typing", "List"), int)],
    [
      "typing.Dict[str, typing.Optional[int]]",
      subscript(global("typing", "Dict"), tuple(global("builtins", "str"), subscript(global("typing", "Union"), tuple(int, none)))),
    ],
    ["typing.Literal['a', 'b']", subscript(global("typing", "Literal"), tuple(str("a"), str("b")))],
    ["typing.Callable[[int], str]", subscript(global("typing", "Callable"), tuple(list(int), global("builtins", "str")))],
    ["int | None", or(int, none)],
    ["list[int] | None", or(call("types", "GenericAlias", global("builtins", "list"), tuple(int)), none)],
    ["the type of None", none],
    ["type itself, as a value", list(global("builtins", "type"))],
    ["an iterator over a list", call("builtins", "iter", list(["BININT1", 1]))],
    ["str.split as a tokenizer", call("builtins", "getattr", global("builtins", "str"), str("split"))],
    ["a ufunc by its names", call("numpy.core", "_ufunc_reconstruct", str("numpy"), str("log1p"))],
    ["an array as dill writes it", call("dill._dill", "_create_array", ...DILL_ARRAY, "NONE")],
    ["a logger", call("logging", "getLogger", str("model"))],
    ["a tensor", tensor(call("torch.storage", "_load_from_bytes", longBin(legacyTorch())))],
    ["a tensor of protocol 2", tensor(call("torch.storage", "_load_from_bytes", carried(legacyTorch())))],
    [
      "a network that is restored",
      assemble(
        global("ultralytics.nn.tasks", "DetectionModel"),
        "EMPTY_TUPLE",
        "NEWOBJ",
        "EMPTY_DICT",
        str("training"),
        "NEWTRUE",
        "SETITEM",
        "BUILD",
      ),
    ],
    ["an item by a number", call("operator", "itemgetter", ["BININT1", 0])],
    ["items by texts", call("_operator", "itemgetter", str("a"), str("b"))],
    ["a function with an argument for later", call("functools", "partial", global("builtins", "sorted"))],
    [
      "the same as pickle fills it again",
      assemble(
        call("functools", "partial", global("builtins", "max")),
        tuple(global("builtins", "max"), tuple(["BININT1", 0]), "EMPTY_DICT", "NONE"),
        "BUILD",
      ),
    ],
    ["the join of a text", call("builtins", "getattr", str(" "), str("join"))],
    ["a method of a table by its name", assemble(global("pandas.core.frame", "DataFrame.to_numpy"))],
    ["a method of a sparse matrix", call("builtins", "getattr", global("scipy.sparse._csr", "csr_matrix"), str("toarray"))],
  ])("%s is nothing", async (_, bytes) => {
    expect(await seen(bytes)).toEqual([]);
  });
});

it("a tensor of a class of its own is nothing", async () => {
  const storage = assemble(tuple(str("storage"), global("torch", "FloatStorage"), str("0"), str("cpu"), ["BININT1", 3]), "BINPERSID");
  const args = tuple(storage, ["BININT1", 0], tuple(["BININT1", 3]), tuple(["BININT1", 1]), "NEWFALSE", "EMPTY_DICT");
  const rebuild = global("torch._utils", "_rebuild_tensor_v2");
  expect(await seen(call("torch._tensor", "_rebuild_from_type_v2", rebuild, global("torch.nn.parameter", "Parameter"), args, "EMPTY_DICT"))).toEqual(
    [],
  );
});

describe("near misses of them", () => {
  it.each<readonly [string, readonly Piece[], readonly string[]]>([
    [
      "makes the array with another function",
      [global("os", "system"), tuple(str("id")), DILL_STATE, "NONE"],
      ["medium Loading this rebuilds code by dill._dill._create_array", "critical Loading this calls os.system, which runs a shell command"],
    ],
    [
      "makes it with one that is allowed and no array",
      [global("collections", "OrderedDict"), "EMPTY_TUPLE", DILL_STATE, "NONE"],
      ["medium Loading this rebuilds code by dill._dill._create_array"],
    ],
    [
      "sets attributes on the array",
      [...DILL_ARRAY, assemble("EMPTY_DICT", str("a"), "NONE", "SETITEM")],
      ["medium Loading this rebuilds code by dill._dill._create_array"],
    ],
  ])("dill's array where the pickle %s", async (_, args, findings) => {
    expect(await seen(call("dill._dill", "_create_array", ...args))).toEqual(findings);
  });

  it("dill's array of absurd size", async () => {
    const huge: Piece = ["LONG1", 6, Buffer.from([0, 0, 0, 0, 0, 1])];
    const findings = await seen(call("dill._dill", "_create_array", DILL_ARRAY[0] ?? "NONE", shape(huge), DILL_STATE, "NONE"));
    expect(findings).toEqual(["medium Loading this asks numpy._core.multiarray._reconstruct for 8796093022208 bytes of memory"]);
  });

  it.each<readonly [string, Buffer, string]>([
    ["a subscript of modules", subscript(global("sys", "modules"), str("os")), "high Loading this calls _operator.getitem"],
    ["a subscript of what a call yields", subscript(call("collections", "OrderedDict"), str("a")), "high Loading this calls _operator.getitem"],
    ["a subscript by a name with a dot", subscript(global("typing", "List.__globals__"), str("sys")), "high Loading this calls _operator.getitem"],
    [
      "getitem as a value",
      list(subscript(global("typing", "List"), int), global("_operator", "getitem")),
      "high Loading this calls _operator.getitem",
    ],
    [
      "reduce by another function",
      call("functools", "reduce", global("builtins", "getattr"), tuple(global("os", "path"), str("os"))),
      "high Loading this calls functools.reduce",
    ],
    ["or_ called with anything", call("_operator", "or_", ["BININT1", 1], ["BININT1", 2]), "high Loading this calls _operator.or_"],
    ["type with three arguments", call("builtins", "type", str("X"), tuple(), "EMPTY_DICT"), "high Loading this calls builtins.type"],
    ["the type of an instance", call("builtins", "type", call("collections", "OrderedDict")), "high Loading this calls builtins.type"],
    ["an attribute for later", call("operator", "attrgetter", str("lr")), "medium Loading this calls operator.attrgetter"],
    ["a method for later", call("operator", "methodcaller", str("lower")), "medium Loading this calls operator.methodcaller"],
    [
      "a method for now",
      assemble(call("operator", "methodcaller", str("lower")), str("A"), "TUPLE1", "REDUCE"),
      "high Loading this calls operator.methodcaller",
    ],
    ["an attribute of an attribute", call("operator", "attrgetter", str("a.b")), "high Loading this calls operator.attrgetter"],
    [
      "an item that is taken",
      assemble(call("operator", "itemgetter", ["BININT1", 0]), tuple(int), "TUPLE1", "REDUCE"),
      "high Loading this calls operator.itemgetter",
    ],
    [
      "an item, handed on",
      call("collections", "defaultdict", call("operator", "itemgetter", str("os"))),
      "high Loading this calls operator.itemgetter",
    ],
    ["an item of the interpreter", call("operator", "itemgetter", str("__builtins__")), "high Loading this calls operator.itemgetter"],
    ["a command for later", call("functools", "partial", global("os", "system"), str("true")), "critical Loading this calls os.system"],
    [
      "what a partial keeps, called by map",
      call("builtins", "map", call("functools", "partial", global("builtins", "sorted")), tuple()),
      "high Loading this calls builtins.sorted",
    ],
    [
      "what jax calls",
      call("jax._src.array", "_reconstruct_array", global("builtins", "pow"), tuple(["BININT1", 9])),
      "high Loading this calls builtins.pow",
    ],
    [
      "what a generator is made by",
      call("numpy.random._pickle", "__generator_ctor", str("id"), global("acme", "run")),
      "high Loading this calls acme.run",
    ],
    [
      "the join of a text, called",
      assemble(call("builtins", "getattr", str(" "), str("join")), "EMPTY_TUPLE", "TUPLE1", "REDUCE"),
      "high Loading this calls builtins.str.join",
    ],
    [
      "a method of a table that writes",
      assemble(global("pandas.core.frame", "DataFrame.to_pickle")),
      "high Loading this imports pandas.core.frame.DataFrame.to_pickle",
    ],
    ["type for later", call("functools", "partial", global("builtins", "type")), "high Loading this calls builtins.type"],
    ["iter over a callable", call("builtins", "iter", global("builtins", "int"), ["BININT1", 0]), "high Loading this calls builtins.iter"],
    ["a method of a text", call("builtins", "getattr", str("a"), str("upper")), "high Loading this calls builtins.getattr"],
    ["str.format", call("builtins", "getattr", global("builtins", "str"), str("format")), "high Loading this calls builtins.getattr"],
    ["anything by its names", call("numpy.core", "_ufunc_reconstruct", str("os"), str("system")), "critical Loading this imports os.system"],
    [
      "a logger that is changed",
      assemble(call("logging", "getLogger"), "EMPTY_DICT", str("disabled"), "NEWTRUE", "SETITEM", "BUILD"),
      "high Loading this sets disabled of something that it imported",
    ],
    [
      "a storage in other bytes",
      call("torch.storage", "_load_from_bytes", bin(assemble(["PROTO", 2], "NONE", "STOP"))),
      "high Loading this calls torch.storage._load_from_bytes",
    ],
    [
      "a storage with a payload",
      tensor(call("torch.storage", "_load_from_bytes", longBin(legacyTorch(PAYLOAD, "POP")))),
      "high A value holds a pickle (raw) that would do os.system('true')",
    ],
    [
      "a storage of protocol 2 with a payload",
      tensor(call("torch.storage", "_load_from_bytes", carried(legacyTorch(PAYLOAD, "POP")))),
      "high A value holds a pickle (raw) that would do os.system('true')",
    ],
    [
      "a storage with a class of somebody",
      tensor(call("torch.storage", "_load_from_bytes", longBin(legacyTorch(call("somewhere", "Thing"), "POP")))),
      "medium A value holds a pickle (raw) that would do somewhere.Thing()",
    ],
    [
      "a network whose constructor runs",
      call("ultralytics.nn.tasks", "DetectionModel", str("model.yaml")),
      "high Loading this calls ultralytics.nn.tasks.DetectionModel",
    ],
    [
      "the result of a subscript, called",
      assemble(subscript(global("typing", "List"), int), "EMPTY_TUPLE", "REDUCE"),
      "medium Loading this calls the result of",
    ],
  ])("%s", async (_, bytes, expected) => {
    expect((await seen(bytes)).some((line) => line.startsWith(expected))).toBe(true);
  });
});
