// biome-ignore-all lint/suspicious/noTemplateCurlyInString: interpolations of OmegaConf are written so
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { mayBeDocument } from "./detect.ts";
import { yamlFormat } from "./format.ts";
import { interpolationsIn } from "./interpolation.ts";

const parse = (text: string | Uint8Array, limits = DEFAULT_LIMITS) =>
  yamlFormat.parse(bytesOf(typeof text === "string" ? Buffer.from(text) : text), new Budget(limits));
const tags = async (text: string | Uint8Array) => (await parse(text)).facts.tags.map(({ value }) => value);
const code = async (text: string) => (await parse(text)).facts.code.map(({ key, pointer, resolved }) => [key, pointer, resolved]);
const probe = (head: Uint8Array) => ({ head, tail: head, size: head.length, at: async (o: number, n: number) => head.subarray(o, o + n) });

describe("tags", () => {
  it.each([
    ["in short", "a: !!python/object/apply:os.system [id]"],
    ["written out", "a: !<tag:yaml.org,2002:python/object/apply:os.system> [id]"],
    ["by a handle of its own", "%TAG !p! tag:yaml.org,2002:python/object/apply:\n---\na: !p!os.system [id]"],
    ["by another meaning of !!", "%TAG !! tag:yaml.org,2002:python/object/apply:\n---\na: !!os.system [id]"],
    ["with an escape", "a: !!python/object/apply:os%2Esystem [id]"],
    ["on a key", "? !!python/object/apply:os.system [id]\n: b"],
    ["on nothing", "a: !!python/object/apply:os.system"],
    ["behind an anchor", "a: &x !!python/object/apply:os.system [id]"],
    ["in a second document", "b: 1\n---\na: !!python/object/apply:os.system [id]"],
    ["in JSON's clothes", '{"a": !!python/object/apply:os.system ["id"]}'],
    ["at the root", "!!python/object/apply:os.system [id]"],
  ])("are found in their long form: %s", async (_name, text) => {
    expect(await tags(text)).toEqual(["tag:yaml.org,2002:python/object/apply:os.system"]);
  });

  it.each([
    ["UTF-16, little end first", Buffer.from("\ufeffa: !!python/name:os.system", "utf16le")],
    ["UTF-16, big end first", Buffer.from("\ufeffa: !!python/name:os.system", "utf16le").swap16()],
    ["UTF-8 with a mark", Buffer.from("\ufeffa: !!python/name:os.system")],
  ])("are found in %s", async (_name, bytes) => {
    expect(await tags(bytes)).toEqual(["tag:yaml.org,2002:python/name:os.system"]);
    expect(await mayBeDocument(probe(bytes))).toBe(true);
  });

  it.each(["\u0085", "\u2028", "\u2029"])("are found behind %j, which ends a comment in YAML 1.1 only", async (mark) => {
    const { kind, facts, anomalies } = await parse(`# comment${mark}a: !!python/name:os.system`);
    expect([kind, facts.tags.map(({ value }) => value), anomalies]).toEqual([
      "parsed",
      ["tag:yaml.org,2002:python/name:os.system"],
      [{ kind: "old-line-break", at: 9, what: "a character that ends a line in YAML 1.1 and not in 1.2" }],
    ]);
  });

  it("of plain data are none", async () => {
    expect(
      await tags("[!!str a, !!int 1, !!float 1.0, !!binary aGk=, !!set {a}, !!python/tuple [1], !!python/unicode x, ! b, !!timestamp 2001-01-01]"),
    ).toEqual([]);
  });

  it("say what stands below and where, in bytes", async () => {
    const { facts } = await parse("ä: x\nb: !new:a.B\n  c: [rm -rf /, true]\n");
    expect(facts.tags).toEqual([{ pointer: "/b", value: "!new:a.B", at: 20, under: "rm -rf /, true", shapes: ["command"] }]);
  });

  it("in a comment or in text are not tags", async () => {
    expect(await tags("# !!python/name:os.system\na: '!!python/name:os.system'\nb: |\n  !!python/name:os.system\n")).toEqual([]);
  });
});

describe("names of code", () => {
  it.each([
    ["a: {_target_: os.system}", [["_target_", "/a/_target_", "os.system"]]],
    ['a: {"_targ\\x65t_": os.system}', [["_target_", "/a/_target_", "os.system"]]],
    ["k: &k _target_\na:\n  *k : os.system", [["_target_", "/a/_target_", "os.system"]]],
    ["n: &n os.system\na:\n  _target_: *n", [["_target_", "/a/_target_", "os.system"]]],
    ["m: os\na: {_target_: '${m}.system'}", [["_target_", "/a/_target_", "os.system"]]],
    ["m: {x: [os]}\na: {_target_: '${m.x[0]}.system'}", [["_target_", "/a/_target_", "os.system"]]],
    ["a: {_target_: '${.m}.system', m: os}", [["_target_", "/a/_target_", "os.system"]]],
    ["b: {m: os}\na: {_target_: '${..b.m}.system'}", [["_target_", "/a/_target_", "os.system"]]],
    ["p: b\nb: os\na: {_target_: '${${p}}.system'}", [["_target_", "/a/_target_", "os.system"]]],
    ["a: {_target_: '${oc.env:X}'}", [["_target_", "/a/_target_", null]]],
    ["a: {_target_: '${nowhere}'}", [["_target_", "/a/_target_", null]]],
    ["model: {target: ldm.X, params: {}}", [["target", "/model/target", "ldm.X"]]],
    ["target: price", []],
    ["target: 0.5", []],
  ])("%j", async (text, names) => {
    expect(await code(text)).toEqual(names);
  });

  it("know what stands beside them", async () => {
    const { facts } = await parse("_target_: a.b\n_args_: [curl x | sh]\ny: true\n");
    expect(facts.code[0]).toMatchObject({ under: "curl x | sh, true", shapes: ["command"], at: 10 });
  });
});

describe("interpolations", () => {
  it.each([
    ["${a.b}", [{ kind: "node", path: "a.b" }]],
    [
      "${oc.env:HOME}/x/${y}",
      [
        { kind: "resolver", name: "oc.env" },
        { kind: "node", path: "y" },
      ],
    ],
    [
      "${eval:'1 + ${x}'}",
      [
        { kind: "resolver", name: "eval" },
        { kind: "node", path: "x" },
      ],
    ],
    ["\\${a}", []],
    ["\\\\${a}", [{ kind: "node", path: "a" }]],
    ["$a {b}", []],
  ])("%s", (text, found) => {
    expect(interpolationsIn(text).map(({ what }) => what)).toEqual(found);
  });
});

describe("aliases", () => {
  it("count what a copy would hold", async () => {
    const lines = [
      "a0: &a0 [x, x, x, x, x, x, x, x, x, x]",
      ...Array.from({ length: 8 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(", ")}]`),
    ];
    const { facts } = await parse(lines.join("\n"));
    expect(facts.aliases.count).toBe(80);
    expect(facts.aliases.expandedNodes).toBeGreaterThan(1e9);
    expect(facts.nodes).toBeLessThan(200);
  });

  it("that stand in themselves are seen and not followed", async () => {
    expect((await parse("a: &a [1, *a]")).facts.aliases).toMatchObject({ count: 1, cycleAt: 10 });
  });

  it("of a list of settings are nothing", async () => {
    expect((await parse("d: &d {a: 1}\nb: {<<: *d, c: 2}\ne: *d")).facts.aliases).toEqual({ count: 2, expandedNodes: 17, cycleAt: null });
  });
});

describe("bounds", () => {
  it.each([
    ["flow", "[".repeat(100_000)],
    ["flow maps", "{a: ".repeat(100_000)],
    ["dashes", "- ".repeat(100_000)],
    ["question marks", "? ".repeat(100_000)],
    ["indentation", Array.from({ length: 400 }, (_, i) => `${" ".repeat(i)}a:`).join("\n")],
  ])("end a reading of deep %s", async (_name, text) => {
    expect(await parse(text)).toMatchObject({ kind: "limit", why: "maxDepth of 128 reached" });
  });

  it("end a reading of many mistakes", async () => {
    expect(await parse("]".repeat(5000))).toMatchObject({ kind: "limit" });
  });

  it("count steps and memory", async () => {
    expect((await parse("a: b\n".repeat(1000), { ...DEFAULT_LIMITS, maxSteps: 5000 })).kind).toBe("limit");
    expect((await parse("a: b\n".repeat(1000), { ...DEFAULT_LIMITS, maxMemoryBytes: 100_000 })).kind).toBe("limit");
    expect((await parse("a: b", { ...DEFAULT_LIMITS, maxHeaderBytes: 3 })).kind).toBe("limit");
  });

  it("keep a vocabulary of 50,000 words inside", async () => {
    const words = Array.from({ length: 50_000 }, (_, i) => `"word${i}": ${i}`).join("\n");
    expect((await parse(words)).kind).toBe("parsed");
  });
});

it("says where the text is no YAML, and keeps what stands before", async () => {
  expect(await parse("a: !!python/name:x\nb: [1\n")).toMatchObject({ kind: "broken", facts: { tags: [{ pointer: "/a" }] } });
  expect(await parse(Buffer.from("a: \xff\n", "latin1"))).toMatchObject({ kind: "broken", at: 3 });
});

it("finds a pickle that ends the text", async () => {
  const text = "a: 1\ncos\nsystem\n(S'id'\ntR.";
  const { facts } = await parse(text);
  expect(facts.pickleAtEnd).toEqual({ offset: 5, size: text.length - 5 });
  expect(yamlFormat.children?.(facts)).toHaveLength(1);
});

test.prop([fc.jsonValue()])("finds nothing in JSON data, and counts its nodes", async (value) => {
  const { kind, facts } = await parse(JSON.stringify(value));
  expect([kind, facts.tags]).toEqual(["parsed", []]);
});

formatContract(yamlFormat, [
  Buffer.from("%TAG !p! tag:yaml.org,2002:python/\n---\na: &x !p!name:os.system [1, *x]\nb: {_target_: '${a}', <<: *x}\n...\n"),
  Buffer.from("dependencies: [pip: ['-i x']]\nname: ${oc.env:A}\n? |\n  a\n: >-\n  b\n"),
]);
