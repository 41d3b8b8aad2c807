import { bytesOf } from "../../src/bytes.ts";
import { joblibZfileDetector } from "../../src/formats/joblib-zfile/detect.ts";
import { joblibZfile } from "../../src/formats/joblib-zfile/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { joblibZfileExaminer } from "../../src/scan/joblib-zfile/index.ts";
import { zfile } from "../fixtures/joblib/zfile.ts";
import type { FuzzTarget } from "./target.ts";

const LIMITS = { ...DEFAULT_LIMITS, maxSteps: 1_000_000, maxMemoryBytes: 8_000_000, maxInflatedBytes: 4_000_000 };
const CONTENTS = [Buffer.from("\x80\x03X\x12\0\0\0model.pkl_01.npy.zU\x07a.npy.z.", "latin1"), Buffer.alloc(70_000, 7), Buffer.alloc(0)];
const LENGTHS = ["0x0", "0xffffffffffffffff", "0x7L", " +1_0", "-1", "0x", "", "0x1 2"];

const target: FuzzTarget = {
  name: "joblib-zfile",
  async seeds() {
    return CONTENTS.flatMap((content) => [zfile(content), zfile(content, { wide: true }), Buffer.concat([zfile(content), Buffer.from("behind")])]);
  },
  mutate(seed, random) {
    const length = random.pick(LENGTHS);
    if (random.below(2) === 0) return zfile(Buffer.concat([random.pick(CONTENTS), seed.subarray(random.below(seed.length + 1))]), { length });
    return Buffer.concat([Buffer.from(`ZF${length.padEnd(19 + random.below(2))}`), seed.subarray(random.below(seed.length + 1))]);
  },
  async check(bytes) {
    const probe = { head: bytes.subarray(0, 4096), tail: bytes, size: bytes.length, at: async (o: number, n: number) => bytes.subarray(o, o + n) };
    const detected = await joblibZfileDetector.detect(probe);
    const parsed = await joblibZfile.parse(bytesOf(bytes), new Budget(LIMITS));
    if (detected === "yes" && parsed.kind === "broken" && parsed.at === 0 && bytes.length > 21)
      throw new Error("a header that only the detector knows");
    joblibZfileExaminer.examine(parsed, { path: "a", name: "a", size: bytes.length, containers: [] });
    let covered = 0;
    for (const { region } of joblibZfile.children?.(parsed.facts) ?? []) {
      if (region.in !== "slice" && region.in !== "compressed") throw new Error("a child of another kind");
      const size = region.in === "slice" ? region.size : region.compressedSize;
      if (region.offset + size > bytes.length) throw new Error("a child outside of the file");
      covered = Math.max(covered, region.offset + size);
    }
    if (covered !== bytes.length && bytes.length > 22) throw new Error(`${covered} bytes of ${bytes.length} are accounted for`);
  },
};

export default target;
