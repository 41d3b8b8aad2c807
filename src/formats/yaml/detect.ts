import type { Probe } from "../../format.ts";
import { textDetector } from "../text/detect.ts";
import { mayBeUtf16 } from "./decode.ts";

/** YAML has no magic: any text under its name is read as YAML, in UTF-8 or, as PyYAML takes it too, in UTF-16. */
export async function mayBeYaml(probe: Probe): Promise<boolean> {
  return mayBeUtf16(probe.head) || (await textDetector.detect(probe)) !== "no";
}
