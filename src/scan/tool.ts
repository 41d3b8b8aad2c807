import { type Digest, digestOf } from "../digest.ts";
import { canonicalJson } from "../json.ts";
import type { Limits } from "../limits.ts";
import { VERSION } from "../version.ts";
import type { Tool } from "./examination.ts";
import written from "./rules-digest.json" with { type: "json" };

/** Version and digests that say which examination this was. */
export function toolOf(limits: Limits): Tool {
  return { version: VERSION, rules: written.rules as Digest, limits: digestOf(canonicalJson({ ...limits })) }; // scripts/rules-digest.ts writes it
}
