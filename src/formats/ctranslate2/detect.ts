import type { Detector } from "../../format.ts";

const NEWEST_VERSION = 20;

/** No magic, but a version, and a name of a specification with its length: `WhisperSpec`, `TransformerDecoderModelSpec`. */
export const ctranslate2Detector: Detector = {
  id: "ctranslate2",
  async detect({ head }) {
    if (head.length < 16) return "no";
    const view = new DataView(head.buffer, head.byteOffset, head.length);
    const version = view.getUint32(0, true);
    const length = view.getUint16(4, true);
    if (version < 2 || version > NEWEST_VERSION || length < 6 || length > 64) return "no";
    return /^[A-Z][A-Za-z0-9_]+Spec\0$/.test(Buffer.from(head.subarray(6, 6 + length)).toString("latin1")) ? "yes" : "no";
  },
};
