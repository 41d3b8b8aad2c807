import { describe, expect, it } from "vitest";
import { assemble, call, global, type Piece, PROTO4, str } from "../../../test/fixtures/pickle/assemble.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { parsePickle } from "./parse.ts";

async function factsOf(...pieces: readonly Piece[]) {
  const { facts } = await parsePickle(bytesOf(assemble(PROTO4, ...pieces, "STOP")), new Budget(DEFAULT_LIMITS));
  return {
    called: facts.globals.filter(({ called }) => called).map(({ module, name, restored }) => `${restored ? "new " : ""}${module}.${name}`),
    builds: facts.builds.map(({ target, attributes }) => `${target}: ${attributes.join(" ")}`),
  };
}

const tuple = (...items: readonly Piece[]): Buffer => assemble("MARK", ...items, "TUPLE");
const dict = (...pairs: readonly Piece[]): Buffer => assemble("EMPTY_DICT", "MARK", ...pairs, "SETITEMS");
const empty = (module: string, name: string): Buffer => assemble(global(module, name), "EMPTY_TUPLE", "NEWOBJ");
const later = global("my.module", "later");

describe("methods that opcodes call on the object itself", () => {
  const holding = (name: string): Buffer => assemble(empty("my", "Thing"), dict(str(name), later), "BUILD");

  it.each<readonly [string, Piece]>([
    ["APPEND", assemble(holding("append"), str("x"), "APPEND")],
    ["APPENDS", assemble(holding("extend"), "MARK", str("x"), "APPENDS")],
    ["ADDITEMS", assemble(holding("add"), "MARK", str("x"), "ADDITEMS")],
  ])("sees the call by %s", async (_, pieces) => expect((await factsOf(pieces)).called).toEqual(["new my.Thing", "my.module.later"]));

  it("sees no call where nothing is added", async () => expect((await factsOf(holding("append"))).called).toEqual(["new my.Thing"]));
  it("sees no call of another attribute", async () =>
    expect((await factsOf(assemble(holding("other"), str("x"), "APPEND"))).called).toEqual(["new my.Thing"]));
});

describe("partials that BUILD fills again", () => {
  const refilled = (callee: Piece, kwargs: Piece = "EMPTY_DICT"): Buffer =>
    assemble(call("functools", "partial", global("builtins", "dict")), tuple(callee, tuple(str("x")), kwargs, "NONE"), "BUILD");

  it("calls what the state says, when it is called", async () =>
    expect((await factsOf(refilled(later), "EMPTY_TUPLE", "REDUCE")).called).toEqual(["functools.partial", "builtins.dict", "my.module.later"]));
  it("gives named arguments on", async () =>
    expect((await factsOf(refilled(later, dict(str("__array_interface__"), "NONE")), "EMPTY_TUPLE", "REDUCE")).builds).toEqual([
      "instance: __array_interface__",
    ]));
});

describe("items that are read as attributes", () => {
  it.each<readonly [string, Piece]>([
    ["set in an object", assemble(empty("scipy.optimize", "OptimizeResult"), str("__array_interface__"), "NONE", "SETITEM")],
    ["given to a call", call("types", "SimpleNamespace", dict(str("__array_interface__"), "NONE"))],
    ["given by name", assemble(global("sklearn.utils", "Bunch"), "EMPTY_TUPLE", dict(str("__array_interface__"), "NONE"), "NEWOBJ_EX")],
  ])("tells those %s", async (_, pieces) => expect((await factsOf(pieces)).builds).toEqual(["instance: __array_interface__"]));

  it("calls the __setstate__ that was set as one", async () => {
    const planted = assemble(empty("scipy.optimize", "OptimizeResult"), str("__setstate__"), later, "SETITEM", str("x"), "BUILD");
    expect((await factsOf(planted)).called).toEqual(["new scipy.optimize.OptimizeResult", "my.module.later"]);
  });

  it.each<readonly [string, Piece]>([
    ["a vocabulary", dict(str("__array_interface__"), "NONE")],
    ["an ordered one", assemble(call("collections", "OrderedDict"), str("__array_interface__"), "NONE", "SETITEM")],
    ["a counter", call("collections", "Counter", dict(str("__array_interface__"), "NONE"))],
  ])("says nothing of %s", async (_, pieces) => expect((await factsOf(pieces)).builds).toEqual([]));
});

describe("aliases, which hand on what is set on them", () => {
  const state = dict(str("handlers"), "NONE");

  it("sees the logger behind one", async () =>
    expect((await factsOf(call("types", "GenericAlias", call("logging", "getLogger"), "EMPTY_TUPLE"), state, "BUILD")).builds).toEqual([
      "global: handlers",
    ]));
  it("sees the class behind one", async () =>
    expect((await factsOf(call("operator", "getitem", global("typing", "Callable"), "NONE"), state, "BUILD")).builds).toEqual(["global: handlers"]));
  it("says nothing of one over an object of the stream", async () =>
    expect((await factsOf(call("types", "GenericAlias", empty("my", "Thing"), "EMPTY_TUPLE"), state, "BUILD")).builds).toEqual([]));
});

describe("copyreg._reconstructor", () => {
  const rebuilt = (base: Piece): Buffer => call("copy_reg", "_reconstructor", global("my", "Thing"), base, "NONE");

  it("restores a class, as protocols 0 and 1 do", async () =>
    expect((await factsOf(rebuilt(global("__builtin__", "object")))).called).toEqual(["copy_reg._reconstructor", "new my.Thing"]));
  it("calls the constructor of another base", async () =>
    expect((await factsOf(rebuilt(global("my", "Base")))).called).toEqual(["copy_reg._reconstructor", "new my.Thing", "my.Base"]));
  it("makes what it says, also for what reads its state", async () => {
    const wrapper = call("copy_reg", "_reconstructor", global("joblib.numpy_pickle", "NDArrayWrapper"), global("builtins", "object"), "NONE");
    expect((await factsOf(wrapper, dict(str("filename"), str("/etc/x")), "BUILD")).builds).toEqual(["instance: filename"]);
  });
});
