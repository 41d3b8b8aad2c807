import { assemble, bin, call, global, PAYLOAD, type Piece, str } from "../fixtures/pickle/assemble.ts";
import { distribution, PARSER } from "../fixtures/pickle/distribution.ts";
import type { Files } from "../techniques/technique.ts";
import type { RuleExample } from "./example.ts";

function pickle(...pieces: readonly Piece[]): Files {
  return { "model.pkl": assemble(["PROTO", 4], ...pieces, "STOP") };
}

const ORDERED = call("collections", "OrderedDict");
const stream = (...pieces: readonly Piece[]) => assemble(["PROTO", 4], ...pieces, "STOP");
const tensor = call("torch._utils", "_rebuild_tensor_v2");
const attribute = (name: string): readonly Piece[] => ["EMPTY_DICT", str(name), "NONE", "SETITEM"];
/** numpy.dtype(type) and the state that numpy gives it; the size and alignment of a number are written as -1. */
const MINUS_ONE: Piece = ["BININT", Buffer.alloc(4, 0xff)];
const dtype = (type: string, names: Piece = "NONE", fields: Piece = "NONE", size: Piece = MINUS_ONE): Buffer =>
  assemble(
    call("numpy", "dtype", str(type), "NEWFALSE", "NEWTRUE"),
    ...["MARK", ["BININT1", 3] as const, str("|"), "NONE", names, fields, size, size, ["BININT1", 0] as const, "TUPLE"],
    "BUILD",
  );
/** An element of eight bytes with one field at an offset. */
const structure = (offset: number): Buffer =>
  dtype(
    "V8",
    assemble(str("a"), "TUPLE1"),
    assemble("EMPTY_DICT", str("a"), dtype("f8"), ["BININT1", offset], "TUPLE2", "SETITEM"),
    assemble(["BININT1", 8]),
  );
/** An array as joblib writes it, whose bytes lie in the stream behind its description. */
const joblibArray = (bytes: Uint8Array): readonly Piece[] => [
  global("joblib.numpy_pickle", "NumpyArrayWrapper"),
  "EMPTY_TUPLE",
  "NEWOBJ",
  "EMPTY_DICT",
  "MARK",
  ...[str("subclass"), global("numpy", "ndarray")],
  ...[str("shape"), ["BININT1", bytes.length] as const, "TUPLE1"],
  ...[str("order"), str("C")],
  ...[str("dtype"), dtype("u1")],
  ...[str("allow_mmap"), "NEWTRUE"],
  "SETITEMS",
  "BUILD",
  bytes,
];

export const PICKLE_EXAMPLES: readonly RuleExample[] = [
  {
    rule: "pickle-callable",
    severity: "critical",
    fires: { what: "A pickle that calls `os.system('true')` while it is loaded.", files: pickle(PAYLOAD) },
    silent: { what: "A pickle that calls `collections.OrderedDict()`, as every checkpoint of PyTorch does.", files: pickle(ORDERED) },
  },
  {
    rule: "pickle-code-by-value",
    severity: "medium",
    fires: {
      what: "A pickle by cloudpickle with a function of its author's inside.",
      files: pickle(call("cloudpickle.cloudpickle", "_make_function", "NONE", "EMPTY_DICT")),
    },
    silent: { what: "A pickle that names a function of numpy.", files: pickle(global("numpy", "dtype")) },
  },
  {
    rule: "pickle-code-in-state",
    severity: "critical",
    fires: { what: "A distribution of scipy whose state brings another argument parser, which is run.", files: pickle(distribution("import os")) },
    silent: { what: "The same with the argument parser that scipy writes.", files: pickle(distribution(PARSER)) },
  },
  {
    rule: "pickle-computed-callable",
    severity: "medium",
    fires: { what: "A pickle that calls what another call returned.", files: pickle(ORDERED, "EMPTY_TUPLE", "REDUCE") },
    silent: { what: "A pickle that hands what one call returned to another call.", files: pickle(call("collections", "OrderedDict", ORDERED)) },
  },
  {
    rule: "pickle-unresolved-global",
    severity: "high",
    fires: { what: "A pickle that imports under a name that is a number.", files: pickle(["BININT1", 1], str("system"), "STACK_GLOBAL") },
    silent: {
      what: "A pickle that imports `collections.OrderedDict` by two texts.",
      files: pickle(str("collections"), str("OrderedDict"), "STACK_GLOBAL"),
    },
  },
  {
    rule: "pickle-extension",
    severity: "high",
    fires: { what: "A pickle that calls whatever is registered under extension code 130.", files: pickle(["EXT1", 130], "EMPTY_TUPLE", "REDUCE") },
    silent: { what: "A pickle with the two bytes of that opcode in its data.", files: pickle(bin(Buffer.of(0x82, 130))) },
  },
  {
    rule: "pickle-build",
    severity: "high",
    fires: { what: "A pickle that gives a dictionary another `__class__`.", files: pickle(ORDERED, ...attribute("__class__"), "BUILD") },
    silent: {
      what: "A pickle that gives a dictionary the attribute `_metadata`, as PyTorch does.",
      files: pickle(ORDERED, ...attribute("_metadata"), "BUILD"),
    },
  },
  {
    rule: "pickle-missing-memo",
    severity: "medium",
    fires: { what: "A pickle that reads place 9 of the memo and never wrote it.", files: pickle("EMPTY_LIST", ["BINGET", 9], "APPEND") },
    silent: {
      what: "A pickle that writes place 9 of the memo and reads it.",
      files: pickle("EMPTY_LIST", str("a"), ["BINPUT", 9], "APPEND", ["BINGET", 9], "APPEND"),
    },
  },
  {
    rule: "pickle-codec",
    severity: "medium",
    fires: {
      what: "A pickle whose bytes are carried as text in `zlib_codec`.",
      files: pickle(call("_codecs", "encode", str("x"), str("zlib_codec"))),
    },
    silent: {
      what: "A pickle whose bytes are carried as text in latin1, as protocol 2 writes them.",
      files: pickle(call("_codecs", "encode", str("x"), str("latin1"))),
    },
  },
  {
    rule: "pickle-persistent-id",
    severity: "medium",
    fires: { what: "A pickle with the persistent id `os.system`.", files: pickle(str("os.system"), "BINPERSID") },
    silent: {
      what: "A pickle with the persistent id of a tensor's storage.",
      files: pickle("MARK", str("storage"), global("torch", "FloatStorage"), str("0"), str("cpu"), ["BININT1", 4], "TUPLE", "BINPERSID"),
    },
  },
  {
    rule: "pickle-nested",
    severity: "medium",
    fires: { what: "A pickle that holds, as bytes, a pickle that calls `os.system`.", files: pickle(bin(stream(PAYLOAD))) },
    silent: { what: "A pickle that holds bytes of no meaning.", files: pickle(bin(Buffer.alloc(40, 7))) },
  },
  {
    rule: "pickle-setitem-on-tensor",
    severity: "high",
    fires: {
      what: "A pickle that sets an item of a tensor, which runs code of PyTorch in the process.",
      files: pickle(tensor, ["BININT1", 0], ["BININT1", 1], "SETITEM"),
    },
    silent: { what: "A pickle that sets an item of a dictionary.", files: pickle("EMPTY_DICT", ["BININT1", 0], ["BININT1", 1], "SETITEM") },
  },
  {
    rule: "pickle-opcodes-in-array",
    severity: "high",
    fires: { what: "An array of joblib whose bytes are opcodes that call `os.system`.", files: pickle(...joblibArray(stream(PAYLOAD))) },
    silent: { what: "An array of joblib whose bytes are numbers.", files: pickle(...joblibArray(Buffer.alloc(40, 7))) },
  },
  {
    rule: "pickle-array-type",
    severity: "high",
    fires: { what: "A structure of eight bytes with a number at byte 100, which is memory of somebody else.", files: pickle(structure(100)) },
    silent: { what: "A structure of eight bytes with a number at byte 0.", files: pickle(structure(0)) },
  },
  {
    rule: "pickle-resource-exhaustion",
    severity: "medium",
    fires: {
      what: "A pickle that asks for a bytearray of 70 billion bytes.",
      files: pickle(call("builtins", "bytearray", ["LONG1", 5, Buffer.of(0, 0, 0, 0, 0x10)])),
    },
    silent: { what: "A pickle that asks for a bytearray of 16 bytes.", files: pickle(call("builtins", "bytearray", ["BININT1", 16])) },
  },
  {
    rule: "pickle-streams",
    severity: "medium",
    fires: {
      what: "Two pickles with padding between them.",
      files: { "model.pkl": Buffer.concat([stream(ORDERED), Buffer.alloc(9), stream(ORDERED)]) },
    },
    silent: { what: "One pickle with two objects in a tuple.", files: pickle(ORDERED, ORDERED, "TUPLE2") },
  },
  {
    rule: "pickle-structure",
    severity: "medium",
    fires: { what: "A pickle of protocol 9, which does not exist.", files: { "model.pkl": assemble(["PROTO", 9], ORDERED, "STOP") } },
    silent: { what: "A pickle of protocol 4.", files: pickle(ORDERED) },
  },
  {
    rule: "pickle-unowned-bytes",
    severity: "medium",
    fires: {
      what: "A pickle with words behind its last opcode.",
      files: { "model.pkl": Buffer.concat([stream(ORDERED), Buffer.from("\x01\x02words")]) },
    },
    silent: { what: "A pickle that ends with its last opcode.", files: pickle(ORDERED) },
  },
];
