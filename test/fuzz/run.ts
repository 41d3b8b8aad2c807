import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { digestOf, hexOf } from "../../src/digest.ts";
import { type FuzzTarget, type Random, randomFrom } from "./target.ts";

// npm run fuzz -- SURFACE SECONDS [SEED]
const [surface = "", seconds = "60", seedText = String(Date.now() & 0x7fffffff)] = process.argv.slice(2);
const target: FuzzTarget = (await import(`./${surface}.fuzz.ts`)).default;
const random = randomFrom(Number(seedText));
const seeds = await target.seeds();
const kept = [...seeds];
const until = performance.now() + Number(seconds) * 1000;
let inputs = 0;
let slowest = 0;

while (performance.now() < until) {
  const seed = random.pick(kept);
  const bytes = target.mutate !== undefined && random.below(3) > 0 ? target.mutate(seed, random) : changeBytes(seed, random);
  const started = performance.now();
  try {
    await target.check(bytes);
  } catch (error) {
    const folder = join(import.meta.dirname, "corpus", surface);
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${hexOf(digestOf(bytes)).slice(0, 16)}.bin`);
    writeFileSync(file, bytes);
    console.error(`crash after ${inputs} inputs (seed ${seedText}), kept as ${file}`);
    throw error;
  }
  slowest = Math.max(slowest, performance.now() - started);
  inputs++;
  if (kept.length < 2000 && random.below(50) === 0 && bytes.length < 65_536) kept.push(bytes);
}
console.log(
  `${surface}: ${inputs} inputs in ${seconds} s, seed ${seedText}, ${seeds.length} seeds, slowest ${slowest.toFixed(1)} ms, rss ${Math.round(process.memoryUsage.rss() / 1e6)} MB, no crash`,
);

/** Flips, overwrites, removes, repeats and splices bytes. */
function changeBytes(seed: Uint8Array, random: Random): Uint8Array {
  let bytes = Uint8Array.from(seed);
  for (let n = 1 + random.below(6); n > 0; n--) {
    const at = random.below(bytes.length + 1);
    const length = random.below(Math.min(64, bytes.length - at + 1));
    switch (random.below(6)) {
      case 0:
        if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
        break;
      case 1:
        if (at < bytes.length) bytes[at] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.below(256)]);
        break;
      case 2:
        bytes = concat(bytes.subarray(0, at), bytes.subarray(at + length));
        break;
      case 3:
        bytes = concat(bytes.subarray(0, at + length), bytes.subarray(at));
        break;
      case 4: {
        const other = random.pick(kept);
        const from = random.below(other.length + 1);
        bytes = concat(bytes.subarray(0, at), other.subarray(from, from + random.below(128)), bytes.subarray(at));
        break;
      }
      default:
        for (let i = at; i < Math.min(at + 8, bytes.length); i++) bytes[i] = random.pick([0, 0xff, 0x7f]);
    }
  }
  return bytes;
}

function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
