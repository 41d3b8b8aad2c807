import type { Detector } from "../../format.ts";
import { type IndexMember, zipWith } from "../zip/index-member.ts";

/** https://github.com/pytorch/serve/blob/master/model-archiver/README.md */
export const MANIFEST: IndexMember = "MAR-INF/MANIFEST.json";

export const torchMarDetector: Detector = { id: "torch-mar", refines: ["zip"], detect: (probe) => zipWith(MANIFEST, probe) };
