import type { Probe } from "../../format.ts";
import { textDetector } from "../text/detect.ts";
import { mayBeUtf16 } from "./decode.ts";

/** YAML has no magic, and XML need not have one: any text under their names is read as such, in UTF-8 or, as their parsers take it too, in UTF-16. */
export async function mayBeDocument(probe: Probe): Promise<boolean> {
  return mayBeUtf16(probe.head) || (await textDetector.detect(probe)) !== "no";
}
