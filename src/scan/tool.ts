import { digestOf } from "../digest.ts";
import { canonicalJson } from "../json.ts";
import type { Limits } from "../limits.ts";
import { VERSION } from "../version.ts";
import type { Tool } from "./examination.ts";

/**
 * Raised with every change of a rule, an examiner or a list that can change an answer; `test/unit/rules-revision.test.ts` fails when the
 * rules change and this does not.
 */
const RULES_REVISION = 1;

/** Version and digests that say which examination this was. */
export function toolOf(limits: Limits): Tool {
  return {
    version: VERSION,
    rules: digestOf(`weighbridge.rules/${VERSION}/${RULES_REVISION}`),
    limits: digestOf(canonicalJson({ ...limits })),
  };
}
