import type { Random } from "./target.ts";

/** Puts one to four of the pieces into a text, each in the place of up to three bytes. */
export function withPieces(seed: Uint8Array, pieces: readonly string[], random: Random): Uint8Array {
  let text = Buffer.from(seed).toString("latin1");
  for (let n = 1 + random.below(4); n > 0; n--) {
    const at = random.below(text.length + 1);
    text = text.slice(0, at) + Buffer.from(random.pick(pieces)).toString("latin1") + text.slice(at + random.below(4));
  }
  return Buffer.from(text, "latin1");
}
