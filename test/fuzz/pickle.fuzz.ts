import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bytesOf } from "../../src/bytes.ts";
import { findPickles } from "../../src/formats/pickle/find.ts";
import { pickleFormat } from "../../src/formats/pickle/format.ts";
import { looksLikePickle } from "../../src/formats/pickle/looks-like.ts";
import { OPCODES } from "../../src/formats/pickle/opcodes.ts";
import { torchLegacyFormat } from "../../src/formats/torch-legacy/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { pickleExaminer, torchLegacyExaminer } from "../../src/scan/pickle/index.ts";
import { assemble, bin, call, global, PAYLOAD, PROTO4, STOP, str } from "../fixtures/pickle/assemble.ts";
import type { FuzzTarget, Random } from "./target.ts";

const FIXTURES = join(import.meta.dirname, "../fixtures/pickle");
const CODES = OPCODES.filter((opcode) => opcode !== undefined);
const GADGETS = [
  PAYLOAD,
  call("builtins", "getattr", call("importlib", "import_module", str("os")), str("system")),
  call("functools", "reduce", global("builtins", "getattr"), assemble("EMPTY_LIST", "MARK", str("x"), str("system"), "APPENDS")),
  call("functools", "partial", global("functools", "partial"), global("functools", "reduce")),
  call("pickle", "loads", bin(Buffer.concat([PROTO4, PAYLOAD, STOP]))),
  assemble("MARK", str("storage"), global("torch", "FloatStorage"), str("0"), str("cpu"), ["BININT1", 4], "TUPLE", "BINPERSID"),
  assemble(
    global("joblib.numpy_pickle", "NumpyArrayWrapper"),
    "EMPTY_TUPLE",
    "NEWOBJ",
    "EMPTY_DICT",
    str("shape"),
    "EMPTY_TUPLE",
    "SETITEM",
    "BUILD",
  ),
];

/** One opcode with an operand of the right kind and often a wrong value. */
function opcode(random: Random): Buffer {
  const { code, operand } = random.pick(CODES);
  const size = random.pick([0, 1, 3, 255]);
  const lengths: Record<string, number> = { u1: 1, u2: 2, i4: 4, u4: 4, u8: 8, f8: 8, counted1: 1, counted4: 4, counted4s: 4, counted8: 8 };
  if (operand === "none") return Buffer.of(code);
  if (operand === "line" || operand === "lines") {
    const line = random.pick(["0\n", "'a'\n", "os\n", "\n", "-1\n", "1e5\n", "\\u0041\n", "99999999999999999999L\n"]);
    return Buffer.from(String.fromCharCode(code) + line + (operand === "lines" ? "system\n" : ""), "latin1");
  }
  const number = Buffer.alloc(lengths[operand] ?? 0);
  number[random.below(4) === 0 ? random.below(number.length) : 0] = random.pick([size, random.below(256), 0xff]);
  return Buffer.concat([Buffer.of(code), number, operand.startsWith("counted") ? Buffer.alloc(number[0] ?? 0, 0x61) : Buffer.alloc(0)]);
}

/** Streams in any order: nothing throws, work is bounded, the same bytes give the same facts, a payload at the very start is never lost. */
const target: FuzzTarget = {
  name: "pickle",
  async seeds() {
    const files = readdirSync(FIXTURES).filter((file) => file.endsWith(".pkl"));
    return [...files.map((file) => readFileSync(join(FIXTURES, file))), ...GADGETS.map((gadget) => Buffer.concat([PROTO4, gadget, STOP]))];
  },
  mutate(seed, random) {
    const at = random.below(seed.length + 1);
    const middle = Array.from({ length: 1 + random.below(6) }, () => (random.below(4) === 0 ? random.pick(GADGETS) : opcode(random)));
    return Buffer.concat([seed.subarray(0, at), ...middle, seed.subarray(at + random.below(8))]);
  },
  async check(bytes) {
    const budget = () => new Budget({ ...DEFAULT_LIMITS, maxSteps: 500_000, maxMemoryBytes: 64 * 1024 * 1024 });
    const parsed = await pickleFormat.parse(bytesOf(bytes), budget());
    const subject = { path: "f", name: "f", size: bytes.length, containers: [] };
    for (const finding of pickleExaminer.examine(parsed, subject).findings)
      if (finding.title.length > 1200) throw new Error(`a title of ${finding.title.length} characters`);
    JSON.stringify(parsed);
    torchLegacyExaminer.examine(await torchLegacyFormat.parse(bytesOf(bytes), budget()), subject);
    for (const { offset, size } of parsed.facts.unowned) if (offset + size > bytes.length) throw new Error("a span outside the subject");
    findPickles(bytes, 0);
    looksLikePickle(bytes, bytes.length);
    const led = await pickleFormat.parse(bytesOf(Buffer.concat([PAYLOAD, bytes])), budget());
    if (!led.facts.globals.some(({ module, name, called }) => module === "os" && name === "system" && called))
      throw new Error("the payload at the start is lost");
  },
};

export default target;
