import type { Detector } from "../../format.ts";
import { fieldAt } from "../protobuf/wire.ts";

/** Pieces that have to make sense, as far as the first bytes hold them. */
const LOOKED_AT = 4;
const LAST_TYPE = 6;

/**
 * A ModelProto begins with its pieces: messages of a text (field 1), perhaps a float (field 2, four bytes), perhaps a type (field 3, 1 to 6), and one of
 * the two at least. Models of byte pairs have no score for the pieces that the trainer adds. No other protobuf of a model repository begins so.
 */
export const sentencepieceDetector: Detector = {
  id: "sentencepiece",
  begins: "\n",
  async detect({ head, size }) {
    let at = 0;
    let pieces = 0;
    for (; pieces < LOOKED_AT && at < head.length; pieces++) {
      const piece = fieldAt(head, at, head.length);
      if (piece === null) break;
      if (pieces > 0 && piece.number !== 1) break;
      if (piece.number !== 1 || piece.wire !== 2 || !isPiece(head, piece.from, piece.to)) return "no";
      at = piece.to;
    }
    const cut = head.length < size && pieces > 0;
    return pieces > 1 || (pieces === 1 && (cut || at === size)) ? "yes" : "no";
  },
};

function isPiece(bytes: Uint8Array, from: number, to: number): boolean {
  const text = fieldAt(bytes, from, to);
  if (text === null || text.number !== 1 || text.wire !== 2) return false;
  const second = fieldAt(bytes, text.to, to);
  if (second === null) return false;
  if (second.number === 2 && second.wire === 5 && second.to === to) return true;
  const type = second.number === 2 && second.wire === 5 ? fieldAt(bytes, second.to, to) : second;
  return type !== null && type.number === 3 && type.wire === 0 && type.to === to && type.value >= 1 && type.value <= LAST_TYPE;
}
