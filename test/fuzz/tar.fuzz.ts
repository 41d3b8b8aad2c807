import { readdirSync, readFileSync } from "node:fs";
import { bytesOf } from "../../src/bytes.ts";
import { tar } from "../../src/formats/tar/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import type { FuzzTarget, Random } from "./target.ts";

const folder = new URL("../fixtures/tar/", import.meta.url);

const target: FuzzTarget = {
  name: "tar",
  async seeds() {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".tar"))
      .map((name) => readFileSync(new URL(name, folder)).subarray(0, 8192));
  },
  mutate(seed, random) {
    const bytes = Uint8Array.from(seed);
    const block = random.below(Math.max(1, Math.floor(bytes.length / 512))) * 512;
    for (let n = 1 + random.below(4); n > 0; n--) changeField(bytes, block, random);
    if (random.below(4) > 0) mendChecksum(bytes, block);
    return bytes;
  },
  async check(bytes) {
    const parsed = await tar.parse(bytesOf(bytes), new Budget({ ...DEFAULT_LIMITS, maxSteps: 1_000_000 }));
    for (const child of tar.children?.(parsed.facts) ?? []) {
      if (child.region.in !== "slice" || child.region.offset + child.region.size > bytes.length) throw new Error("a child outside of the archive");
    }
  },
};
export default target;

/** Name, size, type, link, magic, prefix. */
const FIELDS = [
  [0, 100],
  [124, 12],
  [156, 1],
  [157, 100],
  [257, 8],
  [345, 155],
] as const;

function changeField(bytes: Uint8Array, block: number, random: Random): void {
  const [at, length] = random.pick(FIELDS);
  const from = block + at + random.below(length);
  if (from < bytes.length) bytes[from] = random.pick([0, 0x30, 0x37, 0x78, 0x67, 0x4c, 0x80, 0xff, 0x2f, 0x2e]);
}

function mendChecksum(bytes: Uint8Array, block: number): void {
  if (block + 512 > bytes.length) return;
  bytes.fill(0x20, block + 148, block + 156);
  const sum = bytes.subarray(block, block + 512).reduce((a, b) => a + b, 0);
  bytes.set(Buffer.from(`${sum.toString(8).padStart(6, "0")}\0 `), block + 148);
}
