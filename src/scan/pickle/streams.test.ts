import { describe, expect, it } from "vitest";
import { assemble as A, bin, call as C, global as G, PAYLOAD, type Piece, str as S, u32, u64 } from "../../../test/fixtures/pickle/assemble.ts";
import { distribution, formulaOf, oldDistribution, PARSER } from "../../../test/fixtures/pickle/distribution.ts";
import { bytesOf } from "../../bytes.ts";
import { bySeverity, type Severity } from "../../finding.ts";
import { parsePickle } from "../../formats/pickle/parse.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { pickleExaminer } from "./index.ts";

const P = (version: number): Piece => ["PROTO", version];
const T = (...x: Piece[]) => A("MARK", ...x, "TUPLE");
const R = (f: Piece, ...x: Piece[]) => A(f, T(...x), "REDUCE");
const I = (n: number): Piece => ["BININT1", n];
const mod = (m: string) => C("importlib", "import_module", S(m));
const cmd = S("true");
const dict = (k: string, v: Piece) => A("EMPTY_DICT", S(k), v, "SETITEM");
const obj = (m: string, n: string) => A(G(m, n), "EMPTY_TUPLE", "NEWOBJ");
/** Ways to a command, code or the network, each by another part of the machine. */
const HOSTILE: Readonly<Record<string, readonly Piece[]>> = {
  "getattr import": [R(C("builtins", "getattr", mod("os"), S("system")), cmd)],
  "attrgetter chain": [R(R(C("operator", "attrgetter", S("system")), mod("os")), cmd)],
  "attrgetter dotted": [R(R(C("operator", "attrgetter", S("modules.os.system")), mod("sys")), cmd)],
  methodcaller: [R(C("operator", "methodcaller", S("system"), cmd), mod("os"))],
  "partial getattr": [R(R(C("functools", "partial", G("builtins", "getattr"), mod("os")), S("system")), cmd)],
  "partial partial": [R(C("functools", "partial", C("functools", "partial", G("os", "system")), cmd))],
  "partial setstate": [
    A(C("functools", "partial", G("builtins", "len")), T(G("os", "system"), T(cmd), "EMPTY_DICT", "NONE"), "BUILD", "EMPTY_TUPLE", "REDUCE"),
  ],
  "reduce getattr": [
    R(C("functools", "reduce", G("builtins", "getattr"), A("EMPTY_LIST", "MARK", mod("os"), S("path"), S("os"), S("system"), "APPENDS")), cmd),
  ],
  "map list": [C("builtins", "list", C("builtins", "map", G("os", "system"), A("EMPTY_LIST", cmd, "APPEND")))],
  "map deque": [C("collections", "deque", C("builtins", "map", G("os", "system"), T(cmd)))],
  "map numpy": [C("numpy", "array", C("builtins", "map", G("os", "system"), T(cmd)))],
  starmap: [C("builtins", "tuple", C("itertools", "starmap", G("os", "system"), T(T(cmd))))],
  "itemgetter modules": [R(C("builtins", "getattr", R(C("operator", "itemgetter", S("os")), G("sys", "modules")), S("system")), cmd)],
  "getitem builtins": [R(C("operator", "getitem", G("numpy", "__builtins__"), S("eval")), S("1+1"))],
  "itemgetter dict": [R(R(C("operator", "itemgetter", S("eval")), G("builtins", "__dict__")), S("1"))],
  "resolve name": [R(C("pkgutil", "resolve_name", S("os:system")), cmd)],
  locate: [R(C("pydoc", "locate", S("os.system")), cmd)],
  "import fromlist": [
    R(
      C("builtins", "getattr", C("builtins", "__import__", S("os.path"), "EMPTY_DICT", "EMPTY_DICT", A("EMPTY_LIST", S("x"), "APPEND")), S("os")),
      cmd,
    ),
  ],
  "computed names": [A(C("builtins", "str", S("os")), S("system"), "STACK_GLOBAL", T(cmd), "REDUCE")],
  "computed join": [
    A(
      R(C("builtins", "getattr", S(""), S("join")), A("EMPTY_LIST", S("o"), "APPEND", S("s"), "APPEND")),
      S("system"),
      "STACK_GLOBAL",
      T(cmd),
      "REDUCE",
    ),
  ],
  "dotted stack": [A(S("numpy"), S("os.system"), "STACK_GLOBAL", T(cmd), "REDUCE")],
  "dotted class": [A(S("pandas"), S("DataFrame.to_pickle"), "STACK_GLOBAL", T("NONE", S("out.pkl")), "REDUCE")],
  "dotted class init": [A(S("pandas"), S("DataFrame.__init__.__globals__"), "STACK_GLOBAL")],
  "dotted twice": [A(S("torch.nn"), S("Module.forward.x"), "STACK_GLOBAL", T(cmd), "REDUCE")],
  ext1: [A(["EXT1", 1], T(cmd), "REDUCE")],
  ext4: [A(["EXT4", u32(70000)], T(cmd), "REDUCE")],
  "add extension": [C("copyreg", "add_extension", S("os"), S("system"), I(7))],
  "build slots module": [A(mod("torch"), "NONE", dict("load", G("os", "system")), "TUPLE2", "BUILD")],
  "build class attr": [A(G("collections", "OrderedDict"), dict("__init__", G("os", "system")), "BUILD")],
  "build setstate": [A(obj("argparse", "Namespace"), dict("__setstate__", G("os", "system")), "BUILD", cmd, "BUILD")],
  "build append": [A(obj("argparse", "Namespace"), dict("append", G("os", "system")), "BUILD", cmd, "APPEND")],
  "build extend": [A(obj("argparse", "Namespace"), dict("extend", C("functools", "partial", G("os", "system"))), "BUILD", "MARK", cmd, "APPENDS")],
  "build class swap": [A(obj("argparse", "Namespace"), dict("__class__", G("subprocess", "Popen")), "BUILD")],
  "build reduce": [A(obj("types", "SimpleNamespace"), dict("__reduce__", G("os", "system")), "BUILD")],
  "newobj ex": [A(G("subprocess", "Popen"), "EMPTY_TUPLE", dict("args", cmd), "NEWOBJ_EX")],
  "newobj partial": [A(G("functools", "partial"), T(G("os", "system"), cmd), "NEWOBJ", "EMPTY_TUPLE", "REDUCE")],
  reconstructor: [A(G("copy_reg", "_reconstructor"), T(G("os", "system"), G("os", "system"), cmd), "REDUCE")],
  obj: [A("MARK", G("os", "system"), cmd, "OBJ")],
  inst: [A("MARK", cmd, ["INST", "os\nsystem\n"])],
  "obj memo": [A(G("os", "system"), ["BINPUT", 0], "POP", "MARK", ["BINGET", 0], cmd, "OBJ")],
  "persid call": [A(["PERSID", "x\n"], T(cmd), "REDUCE")],
  "binpersid global": [A(T(S("storage"), G("os", "system"), S("0"), S("cpu"), I(1)), "BINPERSID")],
  "buffer call": [A("NEXT_BUFFER", T(cmd), "REDUCE")],
  "memo overwrite": [
    A(
      S("collections"),
      ["PUT", "5\n"],
      "POP",
      S("os"),
      ["LONG_BINPUT", u32(5)],
      "POP",
      ["GET", "5\n"],
      S("system"),
      "STACK_GLOBAL",
      T(cmd),
      "REDUCE",
    ),
  ],
  "memo memoize": [A(S("x"), ["BINPUT", 0], "POP", S("os"), "MEMOIZE", "POP", ["BINGET", 1], S("system"), "STACK_GLOBAL", T(cmd), "REDUCE")],
  popped: [A(PAYLOAD, "POP", "NONE")],
  popmark: [A("MARK", PAYLOAD, "POP_MARK", "NONE")],
  "dup call": [A(G("os", "system"), "DUP", T(cmd), "REDUCE")],
  "proto mid": [A("NONE", "POP", P(2), PAYLOAD)],
  "frame lie": [A(["FRAME", u64(2)], PAYLOAD)],
  "frame huge": [A(["FRAME", u64(2 ** 40)], PAYLOAD)],
  "string escape": [A(["STRING", "'o\\x73'\n"], ["STRING", "'sys\\164em'\n"], "STACK_GLOBAL", T(cmd), "REDUCE")],
  "unicode escape": [A(["UNICODE", "\\u006fs\n"], ["UNICODE", "s\\u0079stem\n"], "STACK_GLOBAL", T(cmd), "REDUCE")],
  "nested raw": [C("pickle", "loads", bin(A(PAYLOAD, "STOP")))],
  "torch load bytes": [C("torch.storage", "_load_from_bytes", bin(A(PAYLOAD, "STOP")))],
  "joblib load": [C("joblib", "load", S("http://x/y"))],
  "defaultdict factory": [A(C("collections", "defaultdict", G("os", "system")))],
  "rebuild type": [C("torch._tensor", "_rebuild_from_type_v2", G("os", "system"), G("torch", "Tensor"), T(cmd), "NONE")],
  jax: [C("jax._src.array", "_reconstruct_array", G("os", "system"), T(cmd), "NONE", "NONE")],
  "gen ctor": [C("numpy.random._pickle", "__generator_ctor", cmd, G("os", "system"))],
  lambdalr: [C("torch.optim.lr_scheduler", "LambdaLR", obj("torch.optim.sgd", "SGD"), G("os", "system"))],
  "vectorize call": [R(C("numpy", "vectorize", G("os", "system")), cmd)],
  "new index": [C("pandas.core.indexes.base", "_new_Index", G("subprocess", "Popen"), dict("args", cmd))],
  kwpartial: [A(G("functools", "partial"), T(G("os", "system")), dict("command", cmd), "NEWOBJ_EX", "EMPTY_TUPLE", "REDUCE")],
  "getter setstate": [
    A(obj("argparse", "Namespace"), dict("__setstate__", C("operator", "methodcaller", S("system"), cmd)), "BUILD", mod("os"), "BUILD"),
  ],
  "attrgetter in map": [C("builtins", "list", C("builtins", "map", C("operator", "attrgetter", S("system")), T(mod("os"))))],
  "attrgetter default": [A(C("collections", "defaultdict", C("operator", "attrgetter", S("system"))))],
  "itemgetter dup": [A(C("operator", "itemgetter", S("os")), ["BINPUT", 9], T(G("sys", "modules")), "REDUCE")],
  "getattr dup": [A(G("builtins", "getattr"), ["BINPUT", 1], "POP", C("builtins", "map", A(["BINGET", 1]), T(mod("os")), T(S("system"))))],
  "scipy template": [A(obj("scipy.stats._continuous_distns", "norm_gen"), dict("_parse_arg_template", S("import os")), "BUILD")],
  "scipy setitem": [
    A(
      obj("scipy.stats._continuous_distns", "norm_gen"),
      C("collections", "OrderedDict"),
      S("_parse_arg_template"),
      S("import os"),
      "SETITEM",
      "BUILD",
    ),
  ],
  "scipy reconstructor": [
    A(
      C("copy_reg", "_reconstructor", G("scipy.stats._continuous_distns", "norm_gen"), G("builtins", "object"), "NONE"),
      dict("_parse_arg_template", S("import os")),
      "BUILD",
    ),
  ],
  "scipy setstate": [
    R(C("builtins", "getattr", obj("scipy.stats._continuous_distns", "norm_gen"), S("__setstate__")), dict("_parse_arg_template", S("import os"))),
  ],
  "scipy called": [C("scipy.stats._continuous_distns", "norm_gen", S("x"))],
  "scipy alias": [A(obj("scipy.stats.distributions", "norm_gen"), dict("_parse_arg_template", S("import os")), "BUILD")],
  "scipy dotted": [
    A(
      S("scipy.stats"),
      S("_continuous_distns.norm_gen"),
      "STACK_GLOBAL",
      "EMPTY_TUPLE",
      "NEWOBJ",
      dict("_parse_arg_template", S("import os")),
      "BUILD",
    ),
  ],
  "scipy getattr": [
    A(
      C("builtins", "getattr", mod("scipy.stats._continuous_distns"), S("norm_gen")),
      "EMPTY_TUPLE",
      "NEWOBJ",
      dict("_parse_arg_template", S("import os")),
      "BUILD",
    ),
  ],
  "scipy pair": [oldDistribution([S("_parse_arg_template"), "NONE", S("import os"), "NONE", S("_parse_arg_template"), "NONE"], S("ab"))],
  "scipy pair behind a call": [
    A(
      C("collections", "OrderedDict"),
      T(A("EMPTY_DICT", "MARK", S("_parse_arg_template"), "NONE", S("import os"), "NONE", "SETITEMS"), S("ab")),
      "BUILD",
    ),
  ],
  "scipy twice": [A(distribution(PARSER), dict("_parse_arg_template", ["BINUNICODE", u32(PARSER.length), PARSER]), "BUILD")],
  "scipy changed later": [
    A(
      obj("scipy.stats._continuous_distns", "norm_gen"),
      ...(["EMPTY_DICT", ["BINPUT", 7], S("_parse_arg_template"), ["BINUNICODE", u32(PARSER.length), PARSER], "SETITEM"] as const),
      ...([["BINGET", 7], S("_parse_arg_template"), S("import os"), "SETITEM", "POP", "BUILD"] as const),
    ),
  ],
  "scipy slots": [A(obj("scipy.stats._continuous_distns", "norm_gen"), "NONE", dict("_parse_arg_template", S("import os")), "TUPLE2", "BUILD")],
  "scipy bytes": [A(obj("scipy.stats._continuous_distns", "norm_gen"), dict("_parse_arg_template", bin("import os")), "BUILD")],
  "sm parentheses": [formulaOf("y ~ I((exec)('1'))")],
  "sm frame": [
    A(
      obj("statsmodels.base.data", "PandasData"),
      ...(["EMPTY_DICT", "MARK", S("restore_design_info"), "NEWTRUE", S("formula"), S("a ~ I(b)")] as const),
      ...([S("frame"), obj("argparse", "Namespace"), "SETITEMS", "BUILD"] as const),
    ),
  ],
  "sm formula": [
    A(
      obj("statsmodels.base.data", "PandasData"),
      "EMPTY_DICT",
      "MARK",
      S("restore_design_info"),
      "NEWTRUE",
      S("formula"),
      S("a~exec('1')"),
      "SETITEMS",
      "BUILD",
    ),
  ],
  "bert frompre": [A(S("transformers.models.bert.modeling_bert"), S("BertModel.from_pretrained"), "STACK_GLOBAL", T(S("evil/x")), "REDUCE")],
  "bert frompre ref": [A(S("transformers.models.bert.modeling_bert"), S("BertModel.from_pretrained"), "STACK_GLOBAL")],
  "df apply": [A(S("pandas"), S("DataFrame.apply"), "STACK_GLOBAL")],
  "signal fn": [C("signal", "signal", I(15), G("os", "system"))],
  "os stat": [C("os", "stat", S("/etc/passwd"))],
  "getattr str format": [R(C("builtins", "getattr", S("{0.__class__}"), S("format")), I(1))],
  "dict dup key partial": [A(C("functools", "partial", G("builtins", "sorted")), T(G("builtins", "exec"), T(S("1")), "EMPTY_DICT", "NONE"), "BUILD")],
  "numpy frompyfunc": [C("numpy", "frompyfunc", G("os", "system"), I(1), I(1))],
  py2_imap: [C("__builtin__", "list", C("itertools", "imap", G("os", "system"), T(cmd)))],
  py2_apply: [C("__builtin__", "apply", G("os", "system"), T(cmd))],
  "unicode module": [A(["GLOBAL", "o\u017f\nsystem\n"], T(cmd), "REDUCE")],
  "args list": [A(G("os", "system"), A("EMPTY_LIST", cmd, "APPEND"), "REDUCE")],
  "tuple sub": [A(G("builtins", "exec"), C("builtins", "tuple", A("EMPTY_LIST", S("1"), "APPEND")), "REDUCE")],
};

const ARRAY = A(C("numpy.core.multiarray", "_reconstruct", G("numpy", "ndarray"), T(I(0)), S("b")));
/** Honest streams beside them. */
const HONEST: Readonly<Record<string, readonly Piece[]>> = {
  ordered: [C("collections", "OrderedDict")],
  "scipy state": [distribution(PARSER)],
  "scipy old state": [oldDistribution([S("a"), "NONE", S("momtype"), I(1), S("name"), S("norm")], "NONE")],
  "sm formula": [formulaOf("y ~ C(group) * np.log(x) - 1")],
  "nested partial": [C("functools", "partial", C("functools", "partial", G("numpy", "clip")), I(1))],
  "defaultdict partial": [C("collections", "defaultdict", C("functools", "partial", G("collections", "defaultdict"), G("builtins", "int")))],
  itemgetter: [C("operator", "itemgetter", I(0), I(1))],
  "named eval": [S("eval(os.system)")],
  "bytes pickle": [bin(A("EMPTY_LIST", "STOP"))],
  "memo reuse": [A(S("a"), ["BINPUT", 0], ["BINGET", 0], "TUPLE2")],
  dup: [A(I(1), "DUP", "TUPLE2")],
  set: [C("builtins", "set", A("EMPTY_LIST", I(1), "APPEND"))],
  frame: [A(["FRAME", u64(2)], "NONE")],
  slots: [A(obj("argparse", "Namespace"), "NONE", dict("a", I(1)), "TUPLE2", "BUILD")],
  "newobj ex": [A(G("collections", "OrderedDict"), "EMPTY_TUPLE", "EMPTY_DICT", "NEWOBJ_EX")],
  range: [C("builtins", "range", I(0), I(9), I(1))],
  slice: [C("builtins", "slice", I(0), I(9))],
  simple: [A(obj("types", "SimpleNamespace"), dict("system", I(1)), "BUILD")],
  encode: [C("_codecs", "encode", S("\u00e9"), S("latin1"))],
  getset: [C("numpy", "dtype", S("f8"), "NEWFALSE", "NEWTRUE")],
  storage: [A(T(S("storage"), G("torch", "FloatStorage"), S("0"), S("cpu"), I(1)), "BINPERSID")],
  typing: [C("_operator", "getitem", G("typing", "List"), G("builtins", "int"))],
  uuid: [A(obj("uuid", "UUID"), dict("int", I(5)), "BUILD")],
  exc: [C("builtins", "ValueError", S("rm -rf /"))],
  path: [C("pathlib", "PosixPath", S("/"), S("etc"), S("passwd"))],
  re: [C("re", "_compile", S("os\\.system\\(.*\\)"), I(32))],
  deque: [C("collections", "deque", "EMPTY_TUPLE", I(5))],
  counter: [C("collections", "Counter", dict("a", I(1)))],
  zone: [R(C("builtins", "getattr", G("zoneinfo", "ZoneInfo"), S("_unpickle")), S("UTC"), I(1))],
  ufunc: [C("numpy.core", "_ufunc_reconstruct", S("numpy"), S("log1p"))],
  iter: [C("builtins", "iter", A("EMPTY_LIST", I(1), "APPEND"))],
  int: [C("builtins", "int", S("17"))],
  gen: [C("numpy.random._pickle", "__generator_ctor", S("PCG64"), G("numpy.random._pickle", "__bit_generator_ctor"))],
  "type none": [C("builtins", "type", "NONE")],
  long: [["LONG1", 3, Buffer.from([1, 2, 3])]],
  fracs: [C("fractions", "Fraction", S("1/3"))],
  dec: [C("decimal", "Decimal", S("1E+10"))],
  ns: [C("logging", "getLogger", S("x"))],
  self: [A("EMPTY_LIST", ["BINPUT", 0], ["BINGET", 0], "APPEND")],
  tree: [A("EMPTY_DICT", ["BINPUT", 0], S("child"), "EMPTY_DICT", S("parent"), ["BINGET", 0], "SETITEM", "SETITEM")],
  array: [A(ARRAY, T(I(1), T(I(2)), C("numpy", "dtype", S("u1"), "NEWFALSE", "NEWTRUE"), "NEWFALSE", bin("ab")), "BUILD")],
  "big int": [["LONG1", 9, Buffer.alloc(9, 7)]],
  sig: [C("signal", "Signals", I(15))],
  stat: [C("os", "stat_result", T(I(1), I(2)), "EMPTY_DICT")],
  join: [C("builtins", "getattr", S(" "), S("join"))],
  ft: [A(obj("sklearn.preprocessing._function_transformer", "FunctionTransformer"), dict("func", G("numpy", "log1p")), "BUILD")],
  npsqrt: [G("numpy", "sqrt")],
  relu: [G("torch.nn.functional", "relu")],
  pdidx: [C("pandas.core.indexes.base", "_new_Index", G("pandas.core.indexes.range", "RangeIndex"), dict("start", I(0)))],
  enumeration: [C("transformers.trainer_utils", "IntervalStrategy", S("steps"))],
  inst: [A("MARK", ["INST", "collections\nOrderedDict\n"])],
  obj: [A("MARK", G("collections", "OrderedDict"), "OBJ")],
  reconst: [A(C("copy_reg", "_reconstructor", G("argparse", "Namespace"), G("__builtin__", "object"), "NONE"), dict("lr", I(1)), "BUILD")],
  "string esc": [["STRING", "'a\\x00\\n'\n"]],
  "unicode esc": [["UNICODE", "\\u00e9 os.system\n"]],
  floats: [["FLOAT", "1e400\n"]],
  ints: [["INT", "01\n"]],
  put: [A("NONE", ["PUT", "77\n"], ["GET", "77\n"], "POP")],
  longput: [A("NONE", ["LONG_BINPUT", u32(7)], "POP", ["LONG_BINGET", u32(7)])],
  frozenset: [A("MARK", I(1), "FROZENSET")],
  additems: [A("EMPTY_SET", "MARK", I(1), "ADDITEMS")],
  bytearr: [["BYTEARRAY8", u64(2), Buffer.from("ab")]],
  memoize: [A(S("a"), "MEMOIZE", "POP", ["BINGET", 0])],
  "dtype api": [C("pandas.core.dtypes.dtypes", "CategoricalDtype", "NONE", "NEWFALSE")],
};

async function worst(bytes: Uint8Array): Promise<Severity | undefined> {
  const parsed = await parsePickle(bytesOf(bytes), new Budget(DEFAULT_LIMITS));
  const { findings } = pickleExaminer.examine(parsed, { path: "m.pkl", name: "m.pkl", size: bytes.length, containers: [] });
  return findings
    .map(({ severity }) => severity)
    .filter((severity) => severity !== "info")
    .sort(bySeverity)[0];
}

const PROTOCOLS = [0, 2, 4, 5];
const written = (pieces: readonly Piece[]) => PROTOCOLS.map((version) => (version === 0 ? A(...pieces, "STOP") : A(P(version), ...pieces, "STOP")));

describe("hostile streams, with every protocol in front", () => {
  it.each(Object.entries(HOSTILE))("blocks %s", async (_, pieces) => {
    for (const bytes of written(pieces)) expect(["critical", "high"]).toContain(await worst(bytes));
  });
});

describe("honest streams beside them", () => {
  it.each(Object.entries(HONEST))("lets %s pass", async (_, pieces) => {
    for (const bytes of written(pieces)) expect(await worst(bytes)).toBeUndefined();
  });
});
