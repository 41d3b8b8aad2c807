import type { Detector } from "../../format.ts";

/** How many words and of how many numbers each, as text; then the first word. Parsing to the end decides. */
const HEADER = /^(\d{1,10}) (\d{1,5})\n([^\0 ]{1,300}) /;

const CONTROL = /[\0-\x08\x0e-\x1f]/;

export interface Header {
  readonly words: number;
  readonly dimension: number;
  readonly bytes: number;
}

export function headerOf(head: Uint8Array): Header | null {
  const found = HEADER.exec(Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 400)).toString("latin1"));
  const [words, dimension] = [Number(found?.[1]), Number(found?.[2])];
  return found === null || words === 0 || dimension === 0 ? null : { words, dimension, bytes: found[0].indexOf("\n") + 1 };
}

export const word2vecDetector: Detector = {
  id: "word2vec",
  begins: "123456789",
  async detect({ head, size }) {
    const header = headerOf(head);
    // a word of one letter and its space are the least that stands beside the numbers
    // and a text of vectors has lines: nothing is binary in it
    return header !== null && CONTROL.test(Buffer.from(head).toString("latin1")) && size >= header.bytes + header.words * (2 + 4 * header.dimension)
      ? "maybe"
      : "no";
  },
};
