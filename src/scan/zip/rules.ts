import type { Rule } from "../../finding.ts";

export const ZIP_RULES = {
  slip: {
    id: "zip-slip",
    summary: "a zip member that lands outside of the folder it is extracted to",
    gain: "Extracting it overwrites files of the account that extracts: start-up scripts, keys, libraries. Python's zipfile and unzip take such parts out of the name; any program that joins the name to a folder by itself writes there.",
    check: "List it with `unzip -l` or `zipinfo`; extract only with a tool that refuses such paths.",
    references: ["https://security.snyk.io/research/zip-slip-vulnerability"],
  },
  structure: {
    id: "zip-structure",
    summary: "a zip archive that readers take apart differently",
    gain: "What a scanner lists is then not what a loader reads: the payload lies where one of them does not look, or the scanner gives up on the archive. picklescan before 0.0.23 gave up where torch.load reads on (CVE-2025-1944).",
    check: "Compare `zipinfo -v`, Python's zipfile and `7z l -slt` on it.",
    references: [
      "https://nvd.nist.gov/vuln/detail/CVE-2025-1944",
      "https://github.com/mmaitre314/picklescan/security/advisories/GHSA-7q5r-7gvp-wc82",
    ],
  },
  checksum: {
    id: "zip-checksum",
    summary: "a zip member whose bytes do not fit what its header states",
    gain: "Scanners that check sums stop with an error where loaders that do not, such as PyTorch's, read on and run the content; picklescan before 0.0.31 was one (CVE-2025-10156).",
    check: "Run `unzip -t` on it; download it again and compare digests.",
    references: ["https://nvd.nist.gov/vuln/detail/CVE-2025-10156"],
  },
  flags: {
    id: "zip-flags",
    summary: "a zip member marked as encrypted whose bytes are plain",
    gain: "Scanners skip what they take for encrypted, and loaders that ignore the mark, such as PyTorch's, run it; picklescan before 0.0.23 was one (CVE-2025-1945).",
    check: "Look at the general purpose flags with `zipinfo -v` and at the bytes themselves.",
    references: ["https://nvd.nist.gov/vuln/detail/CVE-2025-1945"],
  },
  duplicate: {
    id: "zip-duplicate",
    summary: "several zip members that end up under one name",
    gain: "Some readers take the first, others the last, as Python's zipfile does: one is shown to the scanner, the other one is loaded.",
    check: "List it with `zipinfo` and extract both members by their offsets.",
    references: ["https://nvd.nist.gov/vuln/detail/CVE-2025-1944"],
  },
  name: {
    id: "zip-name",
    summary: "a zip member whose name readers split differently",
    gain: "A name with backslashes is one file on Linux and a path on Windows, where Python's zipfile and others turn them round, so that checks by name and loaders see different files.",
    check: "List it with `zipinfo`; the format allows only forward slashes (APPNOTE 4.4.17).",
    references: [],
  },
  bomb: {
    id: "zip-bomb",
    summary: "a zip archive that inflates out of all proportion",
    gain: "Any program that extracts it runs out of memory or disk, and a scanner may give up before it reaches a payload.",
    check: "Compare sizes with `unzip -v`; overlapping members share one piece of data.",
    references: ["https://www.bamsoftware.com/hacks/zipbomb/", "https://cwe.mitre.org/data/definitions/409.html"],
  },
} as const satisfies Record<string, Rule>;
