import type { Examined, Examiner } from "../../finding.ts";
import type { MsgpackFacts } from "../../formats/msgpack/facts.ts";
import { appendedFinding } from "../inert/appended.ts";
import { INERT_RULES } from "../inert/rules.ts";
import { type Meaning, tamperingFindings } from "../tampering.ts";
import { MSGPACK_RULES as RULES } from "./rules.ts";

const STRUCTURE: Meaning = { rule: RULES.structure, severity: "medium" };
const MEANINGS: Readonly<Record<string, Meaning>> = { "unknown-extension": { rule: RULES.extension, severity: "medium" } };

/** MessagePack is data; what a reader may take for more than that (extensions, bytes that nobody accounts for) is said. Bytes are subjects of their own. */
export const msgpackExaminer: Examiner<MsgpackFacts> = {
  id: "msgpack",
  version: 1,
  reads: "msgpack",
  rules: [...Object.values(RULES), INERT_RULES.appended],
  examine({ facts, anomalies }, { path }): Examined {
    const judged = anomalies.filter(({ kind }) => kind !== "trailing-bytes");
    return {
      findings: [
        ...tamperingFindings(judged, MEANINGS, STRUCTURE, path),
        ...appendedFinding(facts.endsAt, facts.size, "the MessagePack value", path),
      ],
      unexamined: facts.dropped > 0 ? [`${facts.dropped} more arrays or bytes of the MessagePack file`] : [],
      parameters: facts.parameters,
    };
  },
};
