import type { Detector } from "../../format.ts";
import { type IndexMember, zipWith } from "../zip/index-member.ts";

/** The tree of objects, at the root of the archive. https://github.com/skops-dev/skops/blob/main/skops/io/_persist.py */
export const SCHEMA: IndexMember = "schema.json";

/** A zip archive with a `schema.json`; whether that is one of skops, the parser says. */
export const skopsDetector: Detector = { id: "skops", refines: ["zip"], detect: (probe) => zipWith(SCHEMA, probe) };
