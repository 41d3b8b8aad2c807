import type { Format } from "../../format.ts";
import { childrenOfZip } from "./children.ts";
import type { ZipFacts } from "./facts.ts";
import { parseZip } from "./parse.ts";

/** Zip archives as attackers write them. */
export const zipFormat: Format<ZipFacts> = { id: "zip", parse: parseZip, children: childrenOfZip };
