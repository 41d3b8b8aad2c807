import type { Detector } from "../../format.ts";

/** The metadata before `weight_map` is short in every index that a framework writes. */
const LOOKED_AT_BYTES = 65_536;

/** An object with a `weight_map` of its own, whatever the file is called: the key decides, however it is escaped. */
export const safetensorsIndexDetector: Detector = {
  id: "safetensors-index",
  begins: "{\xef \t\n\v\f\r\xa0",
  refines: ["json", "text"],
  async detect({ head, size, at }) {
    if (!/^(?:\xef\xbb\xbf)?\s*\{/.test(latin1(head))) return "no";
    return hasWeightMap(latin1(await at(0, Math.min(size, LOOKED_AT_BYTES)))) ? "yes" : "no";
  },
};

/** Whether the outermost object maps the key to an object, as far as the text goes. */
function hasWeightMap(text: string): boolean {
  let depth = 0;
  for (const [token, key] of text.matchAll(/"((?:[^"\\]|\\.)*)"(?:\s*:\s*\{)?|[{}[\]]/g)) {
    if (depth === 1 && key !== undefined && token.endsWith("{") && unescaped(key) === "weight_map") return true;
    if (token.endsWith("{") || token === "[") depth++;
    else if (token === "}" || token === "]") depth--;
  }
  return false;
}

function unescaped(key: string): string {
  return key.replace(/\\u00([0-7][0-9a-fA-F])/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}
