import type { Rule } from "../../finding.ts";

const FORMAT = "https://www.7-zip.org/7z.html";

export const SEVENZIP_RULES = {
  slip: {
    id: "7z-slip",
    summary: "a member of a 7z archive that lands outside of the folder it is extracted to",
    gain: "Extracting it overwrites files of the account that extracts: start-up scripts, keys, libraries. py7zr before 0.20.1 writes there (CVE-2022-44900), releases before 2026 by way of links; so do readers of one's own.",
    check: "List it with `7z l -slt`; extract only with a tool that refuses such paths.",
    references: ["https://nvd.nist.gov/vuln/detail/CVE-2022-44900"],
  },
  structure: {
    id: "7z-structure",
    summary: "a 7z archive whose headers do not fit its bytes",
    gain: "Any reader of 7z (7-Zip, py7zr, libarchive) gives up on it or takes it apart in its own way, so what a scanner saw is not what is extracted; bytes that no file owns travel unseen.",
    check: "Compare `7z t` and `7z l -slt` on it with its size; cut out what lies at the offset given.",
    references: [FORMAT],
  },
  anti: {
    id: "7z-anti-item",
    summary: "a member of a 7z archive that deletes a file",
    gain: "Extracting the archive with 7-Zip removes the file of this name from the folder that it is extracted to.",
    check: "List it with `7z l -slt` and look for `Anti = +`; only update archives have them.",
    references: [FORMAT],
  },
} as const satisfies Record<string, Rule>;
