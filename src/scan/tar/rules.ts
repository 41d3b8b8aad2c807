import type { Rule } from "../../finding.ts";

export const TAR_RULES = {
  slip: {
    id: "tar-slip",
    summary: "an archive member that lands outside of the folder it is extracted to",
    gain: "Extracting it overwrites files of the account that extracts: start-up scripts, keys, libraries. Python's tarfile writes there before 3.14 unless it is given filter='data' (CVE-2007-4559); GNU tar does not.",
    check: "List it with `tar tvf`; extract only with a tool that refuses such paths (`tarfile` with filter='data').",
    references: ["https://nvd.nist.gov/vuln/detail/CVE-2007-4559", "https://peps.python.org/pep-0706/"],
  },
  special: {
    id: "tar-special",
    summary: "a device or pipe in an archive",
    gain: "Extracted by an administrator it opens a device of the machine, or hangs whatever reads it; no model needs one. GNU tar and Python's tarfile make it, tarfile since 3.14 only when it is told to trust the archive.",
    check: "List it with `tar tvf`.",
    references: [],
  },
  structure: {
    id: "tar-structure",
    summary: "an archive that readers take apart differently",
    gain: "What a scanner lists is then not what a loader extracts: a payload lies where one of them does not look. tokio-tar in every version and astral-tokio-tar before 0.5.6, which uv and other tools use, are such readers (CVE-2025-62518).",
    check: "Compare `tar tvf` with Python's tarfile on it.",
    references: ["https://nvd.nist.gov/vuln/detail/CVE-2025-62518"],
  },
} as const satisfies Record<string, Rule>;
