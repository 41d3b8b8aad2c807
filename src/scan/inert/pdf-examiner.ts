import type { Examined, Examiner } from "../../finding.ts";
import { ACTIVE_NAMES } from "../../formats/pdf/active.ts";
import type { PdfFacts } from "../../formats/pdf/format.ts";
import { appendedFinding } from "./appended.ts";
import { INERT_RULES } from "./rules.ts";

/** A PDF of pages is inert; scripts, actions and attachments in it are not examined here, and neither is what cannot be opened. */
export const pdfExaminer: Examiner<PdfFacts> = {
  id: "pdf",
  version: 1,
  reads: "pdf",
  rules: [INERT_RULES.appended],
  examine({ facts }, { path }): Examined {
    const unexamined = facts.active.map(({ name }) => `the PDF holds ${ACTIVE_NAMES[name] ?? name} (/${name})`);
    if (facts.encrypted) unexamined.push("the PDF is encrypted");
    if (facts.closedStreams > 0) unexamined.push(`${facts.closedStreams} object streams of the PDF could not be opened`);
    return { findings: appendedFinding(facts.endsAt, facts.size, "the PDF", path), unexamined };
  },
};
