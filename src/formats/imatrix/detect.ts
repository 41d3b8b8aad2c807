import type { Detector } from "../../format.ts";

/** Tensors of the largest models, each expert by itself. */
const MAX_ENTRIES = 1_000_000;
const MAX_NAME_BYTES = 256;

/** How many entries, and the length of the first name, which is that of a tensor: no magic, so that parsing to the end decides. */
export const imatrixDetector: Detector = {
  id: "imatrix",
  async detect({ head, size }) {
    const bytes = Buffer.from(head.buffer, head.byteOffset, head.length);
    if (size < 24 || bytes.length < 24) return "no";
    const entries = bytes.readInt32LE(0);
    const nameBytes = bytes.readInt32LE(4);
    if (entries < 1 || entries > MAX_ENTRIES || nameBytes < 1 || nameBytes > MAX_NAME_BYTES) return "no";
    return /^[\w.\-/:]+$/.test(bytes.toString("latin1", 8, 8 + nameBytes)) ? "maybe" : "no";
  },
};
