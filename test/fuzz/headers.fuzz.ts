import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bytesOf } from "../../src/bytes.ts";
import type { Examiner } from "../../src/finding.ts";
import type { Format } from "../../src/format.ts";
import { executableFormat } from "../../src/formats/executable/format.ts";
import { joblibFormat } from "../../src/formats/joblib/format.ts";
import { kerasZip } from "../../src/formats/keras-zip/format.ts";
import { pdfFormat } from "../../src/formats/pdf/format.ts";
import { safetensorsIndex } from "../../src/formats/safetensors-index/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { executableExaminer } from "../../src/scan/executable/index.ts";
import { pdfExaminer } from "../../src/scan/inert/index.ts";
import { kerasZipExaminer } from "../../src/scan/keras-zip/index.ts";
import { joblibExaminer } from "../../src/scan/pickle/index.ts";
import { examiners as indexExaminers } from "../../src/scan/safetensors-index/index.ts";
import { writeZip } from "../fixtures/containers/zip-writer.ts";
import type { FuzzTarget } from "./target.ts";

const LIMITS = { ...DEFAULT_LIMITS, maxSteps: 2_000_000, maxInflatedBytes: 16 * 1024 * 1024 };
const NUMBERS = [0, 1, 2, 0x3c, 0x40, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

/** Formats of which headers, marks or names are read: programs, PDF, indexes of shards, Keras archives, pickles of joblib. */
const READ: readonly (readonly [Format<never>, readonly Examiner<never>[]])[] = [
  [executableFormat as Format<never>, [executableExaminer as Examiner<never>]],
  [pdfFormat as Format<never>, [pdfExaminer as Examiner<never>]],
  [safetensorsIndex as Format<never>, indexExaminers as readonly Examiner<never>[]],
  [kerasZip as Format<never>, [kerasZipExaminer as Examiner<never>]],
  [joblibFormat as Format<never>, [joblibExaminer as Examiner<never>]],
];

/** A 64-bit ELF with two program headers and three sections, as far as a header goes. */
function elf(): Buffer {
  const file = Buffer.alloc(64 + 2 * 56 + 3 * 64 + 32);
  file.write("\x7fELF\x02\x01\x01", "latin1");
  file.writeUInt16LE(3, 16);
  file.writeUInt16LE(62, 18);
  file.writeBigUInt64LE(64n, 32);
  file.writeBigUInt64LE(176n, 40);
  [64, 56, 2, 64, 3, 1].forEach((value, i) => void file.writeUInt16LE(value, 52 + 2 * i));
  return file;
}

function pe(): Buffer {
  const file = Buffer.alloc(512);
  file.write("MZ", "latin1");
  file.writeUInt32LE(0x80, 0x3c);
  file.write("PE\0\0\x64\x86\x02\0", 0x80, "latin1");
  file.writeUInt16LE(0xf0, 0x94);
  return file;
}

const MACHO = Buffer.concat([Buffer.from("cffaedfe0700000103000000060000000200000010000000", "hex"), Buffer.alloc(64)]);
const WASM = Buffer.from("\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x0a\x04\x01\x02\0\x0b", "latin1");
const PDF = Buffer.from(
  "%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction 2 0 R>>endobj\n2 0 obj<</S/JavaScript/JS(app.alert(1))>>endobj\ntrailer<<>>\n%%EOF\n",
);
const INDEX = Buffer.from(JSON.stringify({ metadata: { total_size: 8 }, weight_map: { a: "model-00001-of-00002.safetensors", b: "../x" } }));
const KERAS = Buffer.from(
  writeZip([
    { name: "config.json", data: '{"class_name":"Sequential","config":{"layers":[]}}' },
    { name: "./Config.json", data: "{}" },
    { name: "model.weights.h5", data: "x" },
  ]),
);

const target: FuzzTarget = {
  name: "headers",
  async seeds() {
    const pickle = readFileSync(join(import.meta.dirname, "../fixtures/pickle/values_p4.pkl"));
    const kinds: readonly (readonly [number, Buffer])[] = [
      [0, elf()],
      [0, pe()],
      [0, MACHO],
      [0, WASM],
      [1, PDF],
      [2, INDEX],
      [3, KERAS],
      [4, pickle],
    ];
    return kinds.map(([kind, bytes]) => Buffer.concat([Buffer.of(kind), bytes]));
  },
  mutate(seed, random) {
    const out = Buffer.from(seed);
    for (let n = 1 + random.below(3); n > 0 && out.length > 8; n--) {
      const at = 1 + random.below(out.length - 4);
      if (random.below(2) === 0 && at + 4 <= out.length) out.writeUInt32LE(random.pick(NUMBERS) >>> 0, at);
      else out[at] = random.below(256);
    }
    return random.below(6) === 0 ? Buffer.concat([out, out.subarray(1 + random.below(out.length))]) : out;
  },
  async check(input) {
    const bytes = input.subarray(1);
    const [format, examiners] = READ[(input[0] ?? 0) % READ.length] ?? [executableFormat as Format<never>, []];
    const parsed = await format.parse(bytesOf(bytes), new Budget(LIMITS));
    for (const examiner of examiners) examiner.examine(parsed, { path: "x", name: "x", size: bytes.length, containers: [] });
    for (const { name, region } of format.children?.(parsed.facts) ?? []) {
      if (region.in === "slice" && !(region.offset >= 0 && region.size >= 0 && region.offset + region.size <= bytes.length))
        throw new Error(`${name} lies at ${region.offset}+${region.size} of ${bytes.length}`);
    }
  },
};

export default target;
