import type { Rule } from "../../finding.ts";

export const ZFILE_RULES = {
  length: {
    id: "joblib-zfile-length",
    summary: "a compressed file of joblib that says another length than it has",
    gain: "joblib.load refuses the file, but only where Python keeps assertions (not with -O), in every version that reads this form of before 0.10: a program that reads it in another way takes what the length leaves out.",
    check: "Inflate what follows the header with zlib.decompress, and compare its length with the hexadecimal number behind ZF.",
    references: ["https://github.com/joblib/joblib/blob/main/joblib/numpy_pickle_compat.py"],
  },
} as const satisfies Record<string, Rule>;
