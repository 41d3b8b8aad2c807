import packageJson from "../../package.json" with { type: "json" };
import { digestOf } from "../digest.ts";
import { canonicalJson } from "../json.ts";
import type { Limits } from "../limits.ts";
import type { Tool } from "./examination.ts";

/**
 * Raised with every change of a rule, an examiner or a list that can change an answer; `test/unit/rules-revision.test.ts` fails when the
 * rules change and this does not.
 */
const RULES_REVISION = 1;

/** Version and digests that say which examination this was. */
export function toolOf(limits: Limits): Tool {
  return {
    version: packageJson.version,
    rules: digestOf(`weighbridge.rules/${packageJson.version}/${RULES_REVISION}`),
    limits: digestOf(canonicalJson({ ...limits })),
  };
}
