import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { assemble, call, global, PAYLOAD, PROTO4, STOP, str, u32 } from "../../../test/fixtures/pickle/assemble.ts";
import { randomFrom } from "../../../test/fuzz/target.ts";
import { bytesOf } from "../../bytes.ts";
import { PROBE_BYTES } from "../../format.ts";
import { pickleDetector } from "./detect.ts";
import { findPickles } from "./find.ts";
import { looksLikePickle } from "./looks-like.ts";

const fixture = (file: string): Buffer => readFileSync(join(import.meta.dirname, "../../../test/fixtures/pickle", file));

function detect(bytes: Uint8Array): Promise<string> {
  const source = bytesOf(bytes);
  return pickleDetector.detect({ head: bytes.subarray(0, PROBE_BYTES), tail: bytes.subarray(-PROBE_BYTES), size: bytes.length, at: source.read });
}

const TEXTS = {
  readme: "# Model card\n\nThis model calls `os.system` never.\n\n```python\nimport torch\nclass A(torch.nn.Module):\n    pass\n```\n",
  json: '{"a": [1, 2, 3], "b": null}\n',
  python: "import os\nclass Config:\n    name = 'x'\ndef main():\n    os.system('id')\n",
  config: "(section)\nname = value\n",
  lightgbm: "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=3\nobjective=regression\n",
  vocabulary: "cat\ndog\nfish\ncos\nsystem\nNone\n[PAD]\n(\n)\nI\nV\nR\n.\n",
  words: "category\nnumber\n(\n)\nt\nR\n",
  labels: "cat\ndog\n",
  animals: "cat\ndog\ncow\npig\n",
  numbers: "I\n1\n2\n3\n",
  merges: "#version: 0.2\ni n\nt h\n",
  several: "N.N.\nK.\n",
  initials: "(a.\n(b.\n",
  letter: "Version\n",
  license: "MIT License\n\nCopyright (c) 2024\n",
} as const;

describe("detection", () => {
  it.each(["containers_p0.pkl", "values_p0.pkl", "values_p1.pkl", "cycle_p0.pkl", "values_p2.pkl", "containers_p5.pkl"])("knows %s", async (file) => {
    expect(await detect(fixture(file))).toBe("yes");
  });

  it.each([
    ["a payload of protocol 0", assemble(call("os", "system", ["STRING", "'id'\n"]), STOP)],
    ["one that is cut behind its call", PAYLOAD],
    ["one that breaks behind its call", Buffer.concat([PAYLOAD, Buffer.from("%%% not a pickle")])],
    ["INST", assemble("MARK", ["STRING", "'id'\n"], ["INST", "os\nsystem\n"], "STOP")],
    ["a payload behind a pickled number, both without PROTO", Buffer.concat([Buffer.from("I1\n.N."), PAYLOAD, STOP])],
    ["a payload behind a dump of one long text", Buffer.concat([Buffer.from(`S'${"a".repeat(5000)}'\n.`), PAYLOAD, STOP])],
    ["many dumps of protocol 0", Buffer.from("(dp0\nVa\np1\nI1\ns.".repeat(300))],
    ["three dumps of protocol 0", Buffer.from("(dp0\nVa\np1\nI1\ns.".repeat(3))],
    ["PROTO 9", assemble(["PROTO", 9], PAYLOAD, "STOP")],
    ["a payload behind a string of 2 MB", assemble(["STRING", `'${"a".repeat(2_000_000)}'\n`], "POP", PAYLOAD, STOP)],
    ["a payload behind bytes of 2 MB", assemble(["BINBYTES", u32(2_000_000), Buffer.alloc(2_000_000)], "POP", PAYLOAD, STOP)],
    ["a payload behind a small dump and words", Buffer.concat([Buffer.from("I1\n.and so on\n"), PAYLOAD, STOP, Buffer.from("\nand on\n")])],
    ["a payload far behind a small dump", Buffer.concat([Buffer.from("N."), Buffer.from("and so on\n".repeat(2000)), PAYLOAD, STOP])],
    ["a payload behind a dump of one long text and words", Buffer.concat([Buffer.from(`S'${"a".repeat(5000)}'\n.and so on\n`), PAYLOAD, STOP])],
    ["a dump of one long number, and nothing else", Buffer.from(`L${"9".repeat(300_000)}L\n.`)],
    ["a long list without PROTO", Buffer.concat([Buffer.from("(l"), Buffer.from("I12\na".repeat(30_000)), Buffer.from(".")])],
  ])("knows %s", async (_name, bytes) => {
    expect(await detect(bytes)).toBe("yes");
  });

  it.each(Object.entries(TEXTS))("takes %s for no pickle", async (_name, text) => {
    expect(await detect(Buffer.from(text))).toBe("no");
    expect(looksLikePickle(Buffer.from(text), text.length)).toBe(false);
  });

  it.each(["N.", ").", "].", "I1\n.", "I01\n.", "F1.5\n.", "L12345678901234567890L\n.", "K\x01.", "N.N.N."])(
    "takes %j, and nothing else, for what may be one",
    async (dump) => {
      expect(await detect(Buffer.from(dump, "latin1"))).toBe("maybe");
      expect(await detect(Buffer.from(`${dump} and words`, "latin1"))).toBe("no");
    },
  );

  it("takes words behind a small dump for none, whatever they name", async () => {
    expect(await detect(Buffer.from(`N.${TEXTS.vocabulary}${TEXTS.python}${TEXTS.words}`))).toBe("no");
  });

  it("takes a long text that ends like a dump for none", async () => {
    expect(await detect(Buffer.from(`S'${"a".repeat(5000)}'\n.\nSee above.\n`))).toBe("no");
  });

  it("takes a long text without lines for none", async () => {
    expect(await detect(Buffer.from("Valuable ".repeat(10_000)))).toBe("no");
    expect(await detect(Buffer.from(`${"Valuable ".repeat(10_000)}\ntext\n`))).toBe("no");
  });

  it("takes a line beyond the bound for what it may be, but no P before zeros", async () => {
    const zeros = Buffer.alloc(9 * 1024 * 1024);
    expect(await detect(Buffer.concat([Buffer.from("V"), zeros, Buffer.from("\n0"), PAYLOAD, STOP]))).toBe("yes");
    expect(await detect(Buffer.concat([Buffer.from("P"), zeros]))).toBe("no");
  });

  it("takes a header without an opcode behind it for none", async () => {
    expect(await detect(Buffer.of(0x80, 4, 0xff, 0xff))).toBe("no");
    expect(await detect(Buffer.of(0x80))).toBe("no");
  });
});

describe("searching raw bytes", () => {
  const random = randomFrom(7);
  const noise = (size: number): Buffer => Buffer.from(Array.from({ length: size }, () => random.below(256)));

  it.each([
    ["GLOBAL", PAYLOAD],
    ["GLOBAL behind PROTO", Buffer.concat([PROTO4, PAYLOAD, STOP])],
    ["STACK_GLOBAL without PROTO", assemble(str("os"), "MEMOIZE", str("system"), "MEMOIZE", "STACK_GLOBAL", str("id"), "TUPLE1", "REDUCE", "STOP")],
    [
      "BINUNICODE and STACK_GLOBAL without PROTO",
      assemble(["BINUNICODE", u32(2), "os"], ["BINPUT", 0], ["BINUNICODE", u32(6), "system"], "STACK_GLOBAL", str("id"), "TUPLE1", "REDUCE", "STOP"),
    ],
    ["INST", assemble("MARK", str("id"), ["INST", "os\nsystem\n"], "STOP")],
    ["OBJ", assemble("MARK", global("os", "system"), str("id"), "OBJ", "STOP")],
    ["a plain pickle", fixture("containers_p4.pkl")],
  ])("finds %s", (_name, pickle) => {
    const before = Buffer.alloc(5000, 0xff);
    expect(findPickles(Buffer.concat([before, pickle, Buffer.alloc(100)]), 0)).toEqual([5000]);
  });

  it("finds each of two, and none inside another", () => {
    const one = assemble(PROTO4, PAYLOAD, "POP", PAYLOAD, "STOP");
    expect(findPickles(Buffer.concat([one, Buffer.alloc(64), one]), 0)).toEqual([0, one.length + 64]);
    expect(findPickles(Buffer.concat([one, Buffer.alloc(64), one]), 1)[0]).toBeGreaterThan(0);
  });

  it("finds nothing in noise, floats or text", () => {
    expect(findPickles(noise(400_000), 0)).toEqual([]);
    const floats = new Float32Array(100_000).map(() => random.below(1000) / 5000 - 0.1);
    expect(findPickles(new Uint8Array(floats.buffer), 0)).toEqual([]);
    expect(findPickles(Buffer.from(Object.values(TEXTS).join("\n").repeat(20)), 0)).toEqual([]);
  });

  it("says when false starts are a flood, and bounds their cost", () => {
    const flood = Buffer.from("\x80\x02NN".repeat(30_000), "latin1");
    let cost = 0;
    let wasCut = false;
    const hits = findPickles(Buffer.concat([flood, PAYLOAD]), 0, (opcodes, cut) => {
      cost = opcodes;
      wasCut = cut;
    });
    expect(hits).toEqual([flood.length - 9 * 4]); // from there a short trial reaches the call
    expect(wasCut).toBe(true);
    expect(cost).toBeLessThan(20 * flood.length);
  });

  it.each([
    ["long names", `${"c".repeat(120)}\n`],
    ["short names", "ca\nb\n"],
    ["marks and INST", "(((((ia\nb\n"],
  ])("bounds the cost of a flood of globals with %s", (_name, piece) => {
    const flood = Buffer.from(piece.repeat(200_000 / piece.length));
    let cost = 0;
    findPickles(flood, 0, (steps) => {
      cost = steps;
    });
    expect(cost).toBeLessThan(40 * flood.length);
  });
});
