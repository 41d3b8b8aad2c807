import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bytesOf } from "../../src/bytes.ts";
import { MEDIA_DETECTORS } from "../../src/formats/media/detect.ts";
import { MAX_JOINED_BYTES, type MediaKind } from "../../src/formats/media/facts.ts";
import { mediaFormat } from "../../src/formats/media/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { mediaExaminer } from "../../src/scan/media/index.ts";
import type { FuzzTarget } from "./target.ts";

const FIXTURES = join(import.meta.dirname, "../fixtures/media");
const KINDS: readonly MediaKind[] = ["wav", "aiff", "flac", "mp3", "ogg", "mp4", "matroska", "midi"];
const MIDI = Buffer.from("4d546864000000060001000100604d54726b0000000400ff2f00", "hex");
/** Sizes that end nowhere, marks of parts, and headers of tags. */
const PIECES = [
  "00000000",
  "00000001",
  "7fffffff",
  "ffffffff",
  "01ffffffffffffff",
  "fffb9044",
  "fff869",
  "64617461ffffffff",
  "4f676753000000000000000000",
  "000000086d6f6f76",
  "1f43b675ffffffffffffffff",
  "18538067ff",
  "49443303008000000020",
  "41504554414745580000000000000000",
  "544147",
  "4d54726b",
].map((hex) => Buffer.from(hex, "hex"));

const target: FuzzTarget = {
  name: "media",
  async seeds() {
    const written = readdirSync(FIXTURES).filter((name) => /^(?:tone|pictures)/.test(name));
    return [...written.map((name) => readFileSync(join(FIXTURES, name)).subarray(0, 4000)), MIDI];
  },
  mutate(seed, random) {
    const at = random.below(seed.length + 1);
    return Buffer.concat([seed.subarray(0, at), random.pick(PIECES), seed.subarray(at + random.below(12))]);
  },
  async check(bytes) {
    const probe = { head: bytes.subarray(0, 4096), tail: bytes, size: bytes.length, at: async (o: number, n: number) => bytes.subarray(o, o + n) };
    const found: string[] = [];
    for (const { id, begins = "", detect } of MEDIA_DETECTORS)
      if (begins.includes(String.fromCharCode(bytes[0] ?? 0)) && (await detect(probe)) === "yes") found.push(id);
    if (found.length > 1) throw new Error(`the bytes are ${found.join(" and ")}`);
    for (const kind of KINDS) await checkKind(kind, bytes);
  },
};

async function checkKind(kind: MediaKind, bytes: Uint8Array): Promise<void> {
  const budget = new Budget({ ...DEFAULT_LIMITS, maxSteps: 2_000_000 });
  const format = mediaFormat(kind);
  const parsed = await format.parse(bytesOf(bytes), budget);
  mediaExaminer(kind).examine(parsed, { path: "a", name: "a", size: bytes.length, containers: [] });
  const { endsAt, joined } = parsed.facts;
  if (endsAt !== null && endsAt > bytes.length) throw new Error(`${kind} ends at ${endsAt} of ${bytes.length}`);
  if (joined.reduce((sum, { bytes: piece }) => sum + piece.length, 0) > MAX_JOINED_BYTES) throw new Error(`${kind} joins too much`);
  for (const { region } of format.children?.(parsed.facts) ?? [])
    if (
      (region.in === "slice" && region.offset + region.size > bytes.length) ||
      (region.in === "compressed" && region.offset + region.compressedSize > bytes.length)
    )
      throw new Error(`${kind} has a child outside of the file`);
  if (budget.limits.maxSteps - budget.stepsLeft > bytes.length * 12 + 200)
    throw new Error(`${kind} takes ${budget.limits.maxSteps - budget.stepsLeft} steps for ${bytes.length} bytes`);
}

export default target;
