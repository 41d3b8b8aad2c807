import type { Detector } from "../../format.ts";
import { fieldAt } from "../protobuf/wire.ts";

/**
 * A ModelProto begins with its pieces. The first is a message of a text (field 1), a float (field 2, four bytes) and perhaps a type (field 3): no
 * other protobuf of a model repository begins with that pair.
 */
export const sentencepieceDetector: Detector = {
  id: "sentencepiece",
  async detect({ head }) {
    const outer = fieldAt(head, 0, head.length);
    if (outer === null || outer.number !== 1 || outer.wire !== 2) return "no";
    const piece = fieldAt(head, outer.from, outer.to);
    if (piece === null || piece.number !== 1 || piece.wire !== 2) return "no";
    const score = fieldAt(head, piece.to, outer.to);
    if (score === null || score.number !== 2 || score.wire !== 5) return "no";
    if (score.to === outer.to) return "yes";
    const type = fieldAt(head, score.to, outer.to);
    return type !== null && type.number === 3 && type.wire === 0 && type.to === outer.to ? "yes" : "no";
  },
};
