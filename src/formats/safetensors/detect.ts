import type { Detector } from "../../format.ts";

const OWN_WORDS = /"(?:__metadata__|data_offsets|dtype)"/;

/**
 * There is no magic. A u64le length that fits the file, followed by an object with a key, is one; so is a start that speaks of tensors in the
 * format's own words though the length does not fit (a cut or hostile file). Only white space in sight: parsing decides.
 */
export const safetensorsDetector: Detector = {
  id: "safetensors",
  async detect({ head, size }) {
    if (head.length < 10) return "no";
    const view = new DataView(head.buffer, head.byteOffset, 8);
    const length = view.getUint32(4, true) * 2 ** 32 + view.getUint32(0, true);
    const start = Buffer.from(head.subarray(8)).toString("latin1");
    const fits = length <= size - 8;
    if (/^\s*\{\s*["}]/.test(start)) return fits || OWN_WORDS.test(start) ? "yes" : "no";
    if (fits && start.includes('"data_offsets"')) return "yes";
    return fits && length > 0 && /^\s*$/.test(start) ? "maybe" : "no";
  },
};
