import { bytesOf } from "../../src/bytes.ts";
import type { Detector, Format } from "../../src/format.ts";
import { dsStoreDetector } from "../../src/formats/ds-store/detect.ts";
import { dsStore } from "../../src/formats/ds-store/format.ts";
import { imatrixDetector } from "../../src/formats/imatrix/detect.ts";
import { imatrix } from "../../src/formats/imatrix/format.ts";
import { tfRecordsDetector } from "../../src/formats/tf-records/detect.ts";
import { tfRecords } from "../../src/formats/tf-records/format.ts";
import { word2vecDetector } from "../../src/formats/word2vec/detect.ts";
import { word2vec } from "../../src/formats/word2vec/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { accountedExaminer } from "../../src/scan/inert/index.ts";
import { dsStoreOf, imatrixOf, word2vecOf } from "../fixtures/inert/data-files.ts";
import { recordsOf } from "../fixtures/inert/tf-records.ts";
import type { FuzzTarget } from "./target.ts";

const LIMITS = { ...DEFAULT_LIMITS, maxSteps: 1_000_000 };
const NUMBERS = [0, 1, 2, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];
const READ: readonly (readonly [Format<never>, Detector])[] = [
  [tfRecords as Format<never>, tfRecordsDetector],
  [imatrix as Format<never>, imatrixDetector],
  [word2vec as Format<never>, word2vecDetector],
  [dsStore as Format<never>, dsStoreDetector],
];

/** Formats that are walked to the end and of which nothing acts; the first byte says which. */
const target: FuzzTarget = {
  name: "data-files",
  async seeds() {
    const records = recordsOf(Buffer.alloc(24, 1), Buffer.alloc(0), Buffer.from("cos\nsystem\n(S'true'\ntR."));
    const kinds: readonly (readonly [number, Buffer])[] = [
      [0, records],
      [1, imatrixOf()],
      [1, imatrixOf(null)],
      [2, word2vecOf()],
      [2, word2vecOf("")],
      [3, dsStoreOf()],
    ];
    return kinds.map(([kind, bytes]) => Buffer.concat([Buffer.of(kind), bytes]));
  },
  mutate(seed, random) {
    const out = Buffer.from(seed);
    if (random.below(4) === 0 && out[0] === 0) return Buffer.concat([out, recordsOf(out.subarray(1, 1 + random.below(out.length)))]);
    for (let n = 1 + random.below(3); n > 0 && out.length > 8; n--) {
      const at = 1 + random.below(out.length - 4);
      if (at + 4 > out.length) continue;
      if (random.below(2) === 0) out.writeUInt32LE(random.pick(NUMBERS) >>> 0, at);
      else out.writeUInt32BE(random.below(2048), at);
    }
    return out;
  },
  async check(input) {
    const bytes = input.subarray(1);
    const [format, detector] = READ[(input[0] ?? 0) % READ.length] ?? [tfRecords as Format<never>, tfRecordsDetector];
    await detector.detect({
      head: bytes.subarray(0, 4096),
      tail: bytes,
      size: bytes.length,
      at: async (at, length) => bytes.subarray(at, at + length),
    });
    const parsed = await format.parse(bytesOf(bytes), new Budget(LIMITS));
    accountedExaminer(format.id).examine(parsed as never, { path: "x", name: "x", size: bytes.length, containers: [] });
    if (parsed.at !== undefined && parsed.at > bytes.length) throw new Error(`broken at ${parsed.at} of ${bytes.length}`);
    for (const { name, region } of format.children?.(parsed.facts) ?? [])
      if (region.in === "slice" && !(region.offset >= 0 && region.size >= 0 && region.offset + region.size <= bytes.length))
        throw new Error(`${name} lies at ${region.offset}+${region.size} of ${bytes.length}`);
  },
};

export default target;
