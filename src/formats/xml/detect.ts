import type { Detector } from "../../format.ts";
import { decodeXml } from "./decode.ts";

/** A declaration, a document type that is not HTML's, or the root element of what stands in model repositories, behind comments and instructions. */
const START =
  /^\ufeff?\s*(?:<\?xml[\s?]|(?:<!--(?:(?!-->).)*-->\s*|<\?(?:(?!\?>).)*\?>\s*)*<(?:!DOCTYPE\s+(?!html)|(?:\w+:)?(?:PMML|net|svg|mlmodel|plist)[\s>/]))/is;

export const xmlDetector: Detector = {
  id: "xml",
  refines: ["text"],
  async detect({ head }) {
    if (head.length < 5) return "no";
    const { bytes } = decodeXml(head.length % 2 === 0 ? head : head.subarray(0, head.length - 1));
    return START.test(bytes.toString("utf8", 0, 2048)) ? "yes" : "no";
  },
};
