import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { call, header, int, NULL, numbers, promise, symbol, text, UNBOUND, variables, vector } from "../../../test/fixtures/rdata/writer.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { rdataDetector } from "./detect.ts";
import { rdata } from "./format.ts";

function fixture(name: string): Buffer {
  const bytes = readFileSync(new URL(`../../../test/fixtures/rdata/${name}`, import.meta.url));
  return bytes[0] === 0x1f ? gunzipSync(bytes) : bytes;
}
const parse = (bytes: Uint8Array, limits = DEFAULT_LIMITS) => rdata.parse(bytesOf(bytes), new Budget(limits));
const detect = (bytes: Uint8Array) =>
  rdataDetector.detect({ head: bytes.subarray(0, 4096), tail: bytes, size: bytes.length, at: async (at, n) => bytes.subarray(at, at + n) });
const calls = async (bytes: Uint8Array) =>
  (await parse(bytes)).facts.calls.map(({ name, in: place, mentioned }) => `${place} ${name}${mentioned === true ? "?" : ""}`);

const FILES =
  "lm-2.rds lm-3.rds lm.rds lm-ascii.rds lm-native.rds frame.rds values.rds values-ascii.rds models.rda models-2.rda models-ascii.rda glm.rds closure.rds compiled.rds environment.rds lazy-binding.rds active.rds s4.rds stats-namespace.rds compact.rds builtin.rds extptr.rds".split(
    " ",
  );

describe("what R writes", () => {
  it.each(FILES)("%s is recognised and read to its last byte", async (name) => {
    const bytes = fixture(name);
    expect(await detect(bytes)).toBe("yes");
    const { kind, anomalies, facts } = await parse(bytes);
    expect({ kind, anomalies, endsAt: facts.endsAt }).toEqual({ kind: "parsed", anomalies: [], endsAt: bytes.length });
  });

  it("the same model says the same in all encodings and versions", async () => {
    const expected = ["language lm", "language ~", "language list"];
    for (const name of ["lm-2.rds", "lm-3.rds", "lm-ascii.rds", "lm-native.rds"]) expect(await calls(fixture(name))).toEqual(expected);
  });

  it("functions, their bytecode and what they call", async () => {
    expect((await parse(fixture("closure.rds"))).facts).toMatchObject({ functions: [{ at: 47, count: 1, compiled: 0 }], compiled: 0 });
    expect((await parse(fixture("compiled.rds"))).facts).toMatchObject({ functions: [{ at: 47, count: 1, compiled: 1 }], compiled: 0 });
    expect(await calls(fixture("closure-acting.rds"))).toEqual(["function system"]);
    expect(await calls(fixture("compiled-acting.rds"))).toEqual(["function system"]);
    const { functions, packages } = (await parse(fixture("glm.rds"))).facts;
    expect([functions.length, functions.reduce((sum, { count }) => sum + count, 0), packages]).toEqual([9, 18, [{ name: "stats", at: 1439 }]]);
  });

  it("the same code has the same digest wherever it stands, and no other has", async () => {
    const digests = async (bytes: Uint8Array) => (await parse(bytes)).facts.functions.map(({ digest }) => digest);
    const [one = ""] = await digests(fixture("closure.rds"));
    const closure = fixture("closure.rds");
    expect(await digests(Buffer.concat([header(), int(19), int(2), int(254), closure.subarray(23)]))).toContain(one);
    const changed = Buffer.from(closure);
    changed.writeDoubleBE(2, changed.lastIndexOf(Buffer.from("3ff0000000000000", "hex")));
    expect(await digests(changed)).toEqual([expect.not.stringContaining(one ?? "")]);
    expect(one).toMatch(/^[0-9a-f]{32}$/);
  });

  it("environments: delayed values and active bindings", async () => {
    expect((await parse(fixture("environment.rds"))).facts).toMatchObject({ promises: [], activeBindings: [] });
    expect((await parse(fixture("lazy-binding.rds"))).facts.promises).toEqual([{ at: 196, place: "binding", forced: false, constant: false }]);
    expect((await parse(fixture("active.rds"))).facts.activeBindings).toEqual([35]);
  });

  it("raw vectors and pointers", async () => {
    expect((await parse(fixture("values.rds"))).facts.raws).toEqual([{ offset: 226, size: 256 }]);
    expect((await parse(fixture("extptr.rds"))).facts.pointers).toBe(1);
  });

  it("`base::system` at the head of a call is a call of system", async () => {
    expect(await calls(fixture("predvars-qualified.rds"))).toEqual(["language lm", "language ~", "language list", "language ::", "language system"]);
  });
});

const SYSTEM = call(symbol("system"), text("true"));

describe("what R does not write", () => {
  it("a promise as the object, as a variable, as an element, and one that has its value", async () => {
    const places = async (body: Buffer, workspace = false) =>
      (await parse(Buffer.concat([header(workspace), body]))).facts.promises.map(({ place, forced }) => `${place} ${forced}`);
    expect(await places(promise(SYSTEM))).toEqual(["object false"]);
    expect(await places(variables(["x", promise(SYSTEM)]), true)).toEqual(["variable false"]);
    expect(await places(vector(numbers(1), promise(SYSTEM)))).toEqual(["element false"]);
    expect(await places(promise(SYSTEM, numbers(1)))).toEqual(["object true"]);
  });

  it("a call by a reference to a symbol", async () => {
    const body = vector(symbol("system"), call(int((1 << 8) | 255), text("true")));
    expect(await calls(Buffer.concat([header(), body]))).toEqual(["language system"]);
  });

  it("near misses: a symbol, a text and an argument of that name are no calls", async () => {
    const body = vector(symbol("system"), text("system"), call(symbol("+"), symbol("system"), numbers(1)));
    expect(await calls(Buffer.concat([header(), body]))).toEqual(["language +"]);
  });

  it.each([
    ["calls", 6],
    ["dots", 17],
  ])("variables of an environment in cells of %s", async (_, type) => {
    const cell = (flags: number, name: string, value: Buffer) => Buffer.concat([int(flags), symbol(name), value]);
    const frame = Buffer.concat([cell(type | 0x400 | (1 << 27), "now", numbers(1)), cell(type | 0x400, "C_x", promise(SYSTEM)), NULL]);
    const body = Buffer.concat([int(4), int(0), NULL, frame, NULL, NULL]);
    expect((await parse(Buffer.concat([header(), body]))).facts).toMatchObject({
      activeBindings: [expect.any(Number)],
      promises: [{ place: "binding" }],
      nativeNames: 1,
    });
  });

  it("bytes behind the object", async () => {
    const { anomalies, facts } = await parse(Buffer.concat([header(), NULL, Buffer.from("more")]));
    expect(anomalies).toEqual([{ kind: "trailing", at: 27, what: "4 bytes behind the object" }]);
    expect(rdata.children?.(facts)).toEqual([{ name: "unowned@27", region: { in: "slice", offset: 27, size: 4 }, treatment: "search" }]);
  });

  it.each([
    ["a type that R does not write", int(77), "an object of type 77, which R does not write"],
    ["a length below zero", Buffer.concat([int(13), int(-7)]), "a length of -7"],
    ["more numbers than there are", Buffer.concat([int(14), int(1000)]), "8000 bytes of content in the 0 that are left"],
    ["a cut call", call(symbol("system")).subarray(0, -4), "the stream is cut"],
  ])("%s ends the reading", async (_, body, why) => {
    expect(await parse(Buffer.concat([header(), body]))).toMatchObject({ kind: "broken", why });
  });

  it("what came before a break is kept", async () => {
    const { kind, facts } = await parse(Buffer.concat([header(), promise(SYSTEM).subarray(0, -2)]));
    expect(kind).toBe("broken");
    expect(facts).toMatchObject({ promises: [{ place: "object", forced: false }], calls: [{ name: "system", in: "promise" }] });
  });

  it("nesting without end is refused", async () => {
    const deep = Buffer.concat([header(), ...Array.from({ length: 300_000 }, () => int(2))]);
    expect(await parse(deep)).toMatchObject({ kind: "broken", why: "nested deeper than R reads" });
  });

  it.each([
    ["a letter and a line", "X\nhello there"],
    ["a text", "A\nB\nC\n"],
    ["a list of numbers", "A\n2\n3\n4\n5\n"],
  ])("near miss: %s is no R object", async (_, content) => {
    expect(await detect(Buffer.from(content))).toBe("no");
  });
});

/** Objects of calls, texts, numbers and vectors, with how many calls are in them. */
const objects = fc.letrec<{ item: Buffer }>((tie) => ({
  item: fc.oneof(
    { maxDepth: 4 },
    fc.constant(NULL),
    fc.array(fc.double(), { maxLength: 5 }).map((values) => numbers(...values)),
    fc.string({ maxLength: 20 }).map(text),
    fc.array(tie("item"), { maxLength: 4 }).map((items) => vector(...items)),
    fc.array(tie("item"), { maxLength: 3 }).map((args) => call(symbol("f"), ...args)),
    tie("item").map((item) => promise(item, UNBOUND)),
  ),
}));

test.prop([objects.item, fc.boolean()], { numRuns: 200 })("reads whatever objects are made of to the end", async (item, workspace) => {
  const bytes = Buffer.concat([header(workspace), workspace ? variables(["x", item]) : item]);
  expect(await parse(bytes)).toMatchObject({ kind: "parsed", anomalies: [], facts: { endsAt: bytes.length } });
});

formatContract(rdata, [fixture("lm-3.rds").subarray(0, 1200), fixture("compiled.rds"), fixture("values-ascii.rds"), fixture("lazy-binding.rds")]);
