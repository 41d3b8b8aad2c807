import { bytesOf } from "../../src/bytes.ts";
import type { Format } from "../../src/format.ts";
import { UNRECOGNISED } from "../../src/formats/identified/detect.ts";
import { identifiedFormat } from "../../src/formats/identified/format.ts";
import { pickleDetector } from "../../src/formats/pickle/detect.ts";
import { textDetector } from "../../src/formats/text/detect.ts";
import { textFormat } from "../../src/formats/text/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import type { FuzzTarget } from "./target.ts";

const TEXT_PICKLE = "cos\nsystem\n(S'true'\ntR.";
const PIECES = [
  TEXT_PICKLE,
  "N.",
  "I1\n.",
  "\n",
  ".",
  " ",
  "cos\n",
  "(ios\nsystem\n",
  "\x80\x04",
  "\x93",
  "tR.",
  "```\n",
  "é",
  "\ufeff",
  "#!/bin/sh\n",
  "\0",
  "\xff",
].map((text) => Buffer.from(text, /[\x80-\xff]/.test(text) ? "latin1" : "utf8"));

/** Text, and bytes that are hardly any: what stands in front of a pickle, behind it or around it. */
const target: FuzzTarget = {
  name: "text",
  async seeds() {
    return [
      Buffer.from(`# A model\n\n${TEXT_PICKLE}\n`),
      Buffer.from(`# A model\n\n\`\`\`\n${TEXT_PICKLE}\n\`\`\`\n`),
      Buffer.from(`I1\n.some words\n${TEXT_PICKLE}\nmore words\n`),
      Buffer.from("\x80\x02cposix\nsystem\nX\x02\x00\x00\x00id\x85R.", "latin1"),
      Buffer.from("tree\nversion=v4\n\nend of trees\n"),
    ];
  },
  mutate(seed, random) {
    const at = random.below(seed.length + 1);
    return Buffer.concat([seed.subarray(0, at), random.pick(PIECES), seed.subarray(at + random.below(4))]);
  },
  async check(bytes) {
    const probe = { head: bytes.subarray(0, 4096), tail: bytes.subarray(-4096), size: bytes.length, at: bytesOf(bytes).read };
    await textDetector.detect(probe);
    await pickleDetector.detect(probe);
    await parseAndCheck(textFormat, bytes);
    for (const id of ["html", UNRECOGNISED]) await parseAndCheck(identifiedFormat(id), bytes);
  },
};

/** Children lie inside the file. */
async function parseAndCheck<F>(format: Format<F>, bytes: Uint8Array): Promise<void> {
  const budget = new Budget({ ...DEFAULT_LIMITS, maxSteps: 5_000_000 });
  const { facts } = await format.parse(bytesOf(bytes), budget);
  for (const { name, region } of format.children?.(facts) ?? [])
    if (region.in !== "slice" || region.offset < 0 || region.size <= 0 || region.offset + region.size > bytes.length)
      throw new Error(`${name} lies outside of ${bytes.length} bytes`);
  budget.hold(budget.limits.maxMemoryBytes); // throws when a parser kept memory
}

export default target;
