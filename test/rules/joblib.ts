import { zfile } from "../fixtures/joblib/zfile.ts";
import { assemble } from "../fixtures/pickle/assemble.ts";
import type { RuleExample } from "./example.ts";

const PICKLE = assemble(["PROTO", 3], "EMPTY_LIST", "STOP");

export const JOBLIB_EXAMPLES: readonly RuleExample[] = [
  {
    rule: "joblib-zfile-length",
    severity: "medium",
    fires: {
      what: "A compressed file of joblib 0.9 whose header says 16 bytes where 4 come out.",
      files: { "model.pkl": zfile(PICKLE, { length: "0x10" }) },
    },
    silent: { what: "The same file with its length.", files: { "model.pkl": zfile(PICKLE) } },
  },
];
