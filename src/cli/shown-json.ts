import type { Shown } from "../registry/index.ts";
import type { Examination } from "../scan/examination.ts";
import { listedJson } from "./listed.ts";
import { filesJson, findingsJson } from "./scan-json.ts";

/** `weighbridge.registry/1` with all that is known of one artifact. docs/reference/json.md. */
export function shownJson(shown: Shown, examination: Examination | null) {
  return {
    ...listedJson(shown),
    evaluatedAt: shown.evaluatedAt,
    principal: shown.principal,
    context: shown.context,
    policySet: shown.policySet,
    omsRoot: shown.omsRoot,
    reasons: shown.reasons,
    evidence: shown.evidence,
    examination:
      examination === null
        ? null
        : { tool: examination.tool, files: filesJson(examination), findings: findingsJson(examination), coverage: examination.coverage },
    held: shown.held,
    approvals: shown.approvals,
    standingChanges: shown.standingChanges,
    history: shown.history,
  };
}
