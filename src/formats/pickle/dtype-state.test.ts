import { describe, expect, it } from "vitest";
import { assemble, call, global, type Piece, PROTO4, str } from "../../../test/fixtures/pickle/assemble.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { parsePickle } from "./parse.ts";

async function said(...pieces: readonly Piece[]): Promise<readonly string[]> {
  const { anomalies } = await parsePickle(bytesOf(assemble(PROTO4, ...pieces, "STOP")), new Budget(DEFAULT_LIMITS));
  return anomalies.map(({ kind, what }) => `${kind}: ${what}`);
}

const int = (value: number): Piece => ["BININT", Buffer.from(Int32Array.of(value).buffer)];
const tuple = (...items: readonly Piece[]): Buffer => assemble("MARK", ...items, "TUPLE");
const fields = (...pairs: readonly Piece[]): Buffer => assemble("EMPTY_DICT", "MARK", ...pairs, "SETITEMS");
const made = (type: string, copy: Piece = "NEWTRUE"): Buffer => call("numpy", "dtype", str(type), "NEWFALSE", copy);
const state = (size: number, flags: number, parts: Piece = "NONE", repeated: Piece = "NONE"): Buffer =>
  tuple(int(3), str("|"), repeated, "NONE", parts, int(size), int(size < 0 ? -1 : 1), int(flags));
const built = (type: Piece, ...given: readonly Piece[]): Buffer => assemble(type, ...given, "BUILD");
const object = built(made("O8"), state(-1, 63));
const number = built(made("i8"), state(-1, 0));
const at = (type: Piece, offset: number): Buffer => tuple(type, int(offset));

describe("dtypes as numpy writes them", () => {
  it.each<readonly [string, Piece]>([
    ["objects", object],
    ["numbers", number],
    ["texts, whose size is in the state", built(made("U3"), state(12, 8))],
    ["a structure", built(made("V16"), state(16, 27, fields(str("a"), at(number, 0), str("b"), at(object, 8))))],
    ["fields that overlap", built(made("V8"), state(8, 0, fields(str("a"), at(number, 0), str("b"), at(number, 0))))],
    [
      "a structure in a structure",
      built(made("V8"), state(8, 27, fields(str("x"), at(built(made("V8"), state(8, 27, fields(str("a"), at(object, 0)))), 0)))),
    ],
    ["a repeated element", built(made("V48"), state(48, 0, "NONE", tuple(number, tuple(int(2), int(3)))))],
    ["a record", built(call("numpy", "dtype", global("numpy", "record"), "NEWFALSE", "NEWTRUE"), state(8, 16, fields(str("a"), at(number, 0))))],
    [
      "a hundred fields",
      built(made("V800"), state(800, 0, fields(...Array.from({ length: 100 }, (_, i) => [str(`f${i}`), at(number, 8 * i)]).flat()))),
    ],
    ["one that is used twice", assemble(object, "MEMOIZE", ["BINGET", 0], "TUPLE2")],
  ])("says nothing of %s", async (_, dtype) => expect(await said(dtype)).toEqual([]));
});

describe("dtypes that contradict themselves", () => {
  it.each<readonly [string, Piece, string]>([
    ["objects that are none", built(made("O8"), state(-1, 0)), "dtype('O8') holds objects, and its flags deny it"],
    ["a field of objects", built(made("V8"), state(8, 0, fields(str("a"), at(object, 0)))), "dtype('V8') holds objects, and its flags deny it"],
    [
      "a field of objects behind many others",
      built(
        made("V800"),
        state(800, 0, fields(...Array.from({ length: 100 }, (_, i) => [str(`f${i}`), at(i === 99 ? object : number, 8 * i)]).flat())),
      ),
      "dtype('V800') holds objects, and its flags deny it",
    ],
    ["repeated objects", built(made("V16"), state(16, 0, "NONE", tuple(object, tuple(int(2))))), "dtype('V16') holds objects, and its flags deny it"],
    [
      "a field behind the end",
      built(made("V8"), state(8, 0, fields(str("a"), at(number, 4)))),
      "dtype('V8') has a field at 4, outside of its 8 bytes",
    ],
    [
      "a field before the start",
      built(made("V8"), state(8, 0, fields(str("a"), at(number, -8)))),
      "dtype('V8') has a field at -8, outside of its 8 bytes",
    ],
    ["too many repeated", built(made("V8"), state(8, 0, "NONE", tuple(number, int(2)))), "dtype('V8') has a field at 0, outside of its 8 bytes"],
    ["the one that numpy itself uses", built(made("O8", "NEWFALSE"), state(-1, 63)), "a dtype that others use as well is given a state"],
    ["a name that numpy does not write", built(made("object"), state(-1, 0)), "a dtype is made from 'object'"],
    ["a second state", built(built(made("V8"), state(8, 0)), state(80, 0)), "a dtype is given a second state"],
    [
      "a class of numpy's",
      built(call("numpy", "dtype", global("numpy", "object_"), "NEWFALSE", "NEWTRUE"), state(-1, 0)),
      "a dtype is made from numpy.object_",
    ],
    [
      "what another function made",
      built(call("numpy.dtypes", "ObjectDType"), state(-1, 0)),
      "the state of a dtype is given to something that was not made as one",
    ],
    [
      "a state of another form",
      built(made("O8"), tuple(str("|"), "NONE")),
      "a dtype is given a state in a form that numpy has not written since 1.0",
    ],
    [
      "one that is used before its state",
      assemble(made("V8"), "MEMOIZE", "POP", call("numpy", "ndarray", tuple(int(1)), ["BINGET", 0])),
      "a dtype is used before it has its state",
    ],
    [
      "fields that come later",
      assemble(
        built(made("V8"), tuple(int(3), str("|"), "NONE", "NONE", assemble("EMPTY_DICT", "MEMOIZE"), int(8), int(1), int(0))),
        ["BINGET", 0],
        str("a"),
        at(object, 0),
        "SETITEM",
      ),
      "fields are added to a dtype that has its state",
    ],
  ])("tells %s", async (_, dtype, what) => expect(await said(dtype)).toEqual([`array-type: ${what}`]));

  it("says that it does not know the types of other packages", async () => {
    const quaternion = built(call("numpy", "dtype", global("quaternion", "quaternion"), "NEWFALSE", "NEWTRUE"), state(32, 0));
    expect(await said(quaternion)).toEqual(["search-cut: a dtype of the type quaternion.quaternion"]);
  });

  it("says where the fields are not known", async () => {
    const opaque = built(made("V8"), state(8, 0, fields(str("a"), at(made("i8"), 0))));
    expect(await said(opaque)).toEqual(["search-cut: the fields of dtype('V8')"]);
  });
});
