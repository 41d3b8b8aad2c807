import { readFileSync } from "node:fs";
import { bytesOf } from "../../src/bytes.ts";
import type { Format, Parsed } from "../../src/format.ts";
import { torchTarFormat } from "../../src/formats/torch-tar/format.ts";
import { torchFormat } from "../../src/formats/torch-zip/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { torchExaminer, torchTarExaminer } from "../../src/scan/torch-zip/index.ts";
import { checkpoint, writeTorch } from "../fixtures/torch/torch-writer.ts";
import type { FuzzTarget, Random } from "./target.ts";

const fixture = (name: string) => readFileSync(new URL(`../fixtures/torch/${name}`, import.meta.url));
const PICKLE = fixture("state_dict.pkl");
const SUBJECT = { path: "m.pt", name: "m.pt", size: 0, containers: [] };
const NAMES = [
  "m/data.pkl",
  "m/DATA.PKL",
  "m/constants.pkl",
  "m/bytecode.pkl",
  "m/data/0",
  "m/data/01",
  "m/constants/0",
  "./m//data/1",
  "m\\data\\0",
  "data",
];
const STORAGE_CLASSES = ["FloatStorage", "LongStorage", "ByteStorage", "HalfStorage"];
const CONFIG = JSON.stringify({
  config: {
    w: {
      path_name: "weight_0",
      use_pickle: false,
      tensor_meta: { dtype: 7, sizes: [{ as_int: 4 }], strides: [{ as_int: 1 }], storage_offset: { as_int: 0 } },
    },
  },
});

/** Archives whose names, storages and index disagree, and bytes of whole ones changed. */
const target: FuzzTarget = {
  name: "torch-zip",
  async seeds() {
    const exported: readonly (readonly [string, string | Uint8Array])[] = [
      ["m/archive_format", "pt2"],
      ["m/data/weights/model_weights_config.json", CONFIG],
      ["m/data/weights/weight_0", Buffer.alloc(16)],
    ];
    const tars = ["checkpoint.tar", "oldest.tar", "hostile-record.tar", "trailing.tar"].map((name) => fixture(name).subarray(0, 6144));
    return [writeTorch(checkpoint("m", PICKLE)), writeTorch(exported), writeTorch([...checkpoint("m", PICKLE), ["m/code/a.py", "x"]]), ...tars];
  },
  mutate(seed, random) {
    if (seed[0] !== 0x50) return changeTar(seed, random);
    const members = Array.from({ length: 1 + random.below(8) }, (): [string, Uint8Array] => [random.pick(NAMES), content(random)]);
    return writeTorch(members);
  },
  async check(bytes) {
    const zip = await parseAndCheck(torchFormat("torch-zip"), bytes);
    torchExaminer("torch-zip").examine(zip, SUBJECT);
    for (const { member, bytes: owned } of zip.facts.storages)
      if (zip.facts.zip.members[member] === undefined || (owned !== null && !(Number.isSafeInteger(owned) && owned >= 0)))
        throw new Error(`storage of ${owned} bytes in member ${member}`);
    const tar = await parseAndCheck(torchTarFormat, bytes);
    torchTarExaminer.examine(tar, SUBJECT);
    for (const { pickles, storages, rest } of tar.facts.records) {
      const spans = [...pickles, ...storages, ...(rest === null ? [] : [rest])].sort((a, b) => a.offset - b.offset);
      for (const [i, span] of spans.entries()) {
        const next = spans[i + 1];
        if (next !== undefined && span.offset + span.size > next.offset) throw new Error(`records overlap at ${next.offset}`);
      }
    }
  },
};
export default target;

/** The pickle with another storage class, key or count; a record; raw bytes. */
function content(random: Random): Uint8Array {
  if (random.below(3) === 0) return Buffer.alloc(random.below(64), random.below(256));
  if (random.below(4) === 0) return Buffer.from(random.pick(["3\n", "little", CONFIG, ""]));
  const bytes = Buffer.from(PICKLE);
  const at = bytes.indexOf(random.pick(STORAGE_CLASSES));
  if (at !== -1) bytes.write(random.pick(STORAGE_CLASSES), at);
  for (let n = random.below(4); n > 0; n--) bytes[random.below(bytes.length)] = random.pick([0x30, 0x31, 0x4b, 0x51, 0x8a, 0xff, random.below(256)]);
  return bytes;
}

/** Counts, pickles and sizes inside the records; headers are the tar target's. */
function changeTar(seed: Uint8Array, random: Random): Uint8Array {
  const bytes = Uint8Array.from(seed);
  for (let n = 1 + random.below(5); n > 0; n--) {
    const at = 512 + random.below(Math.max(1, bytes.length - 512));
    if (at < bytes.length && bytes[at] !== 0) bytes[at] = random.pick([0, 1, 2, 0x2e, 0x4b, 0x7f, 0x80, 0xff, random.below(256)]);
  }
  return bytes;
}

/** Children lie inside the archive, whatever it states, and no memory is kept. */
async function parseAndCheck<F>(format: Format<F>, bytes: Uint8Array): Promise<Parsed<F>> {
  const budget = new Budget({ ...DEFAULT_LIMITS, maxSteps: 5_000_000, maxInflatedBytes: 64 * 1024 * 1024 });
  const parsed = await format.parse(bytesOf(bytes), budget);
  for (const { name, region } of format.children?.(parsed.facts) ?? []) {
    const end = region.in === "slice" ? region.offset + region.size : region.in === "compressed" ? region.offset + region.compressedSize : 0;
    if (!(end <= bytes.length && (region.in === "memory" || region.offset >= 0))) throw new Error(`${name} ends at ${end} of ${bytes.length}`);
  }
  budget.hold(budget.limits.maxMemoryBytes);
  return parsed;
}
