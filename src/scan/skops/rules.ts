import type { Rule } from "../../finding.ts";

export const SKOPS_RULES = {
  type: {
    id: "skops-type",
    summary: "a skops file that names a type or function which is not known to be harmless",
    gain: "skops.io.load imports the name and builds or calls it once somebody lists it as trusted; releases before 0.12 could be brought to do so without (CVE-2025-54412, CVE-2025-54413).",
    check: "Run `skops.io.get_untrusted_types(file=…)`, compare its list with what stands in schema.json, and trust no name that you have not read.",
    references: [
      "https://nvd.nist.gov/vuln/detail/CVE-2025-54412",
      "https://nvd.nist.gov/vuln/detail/CVE-2025-54413",
      "https://nvd.nist.gov/vuln/detail/CVE-2025-54886",
    ],
  },
  method: {
    id: "skops-method",
    summary: "a skops file that looks up an attribute by name",
    gain: "A MethodNode hands out any attribute of the object that it names, in releases before 0.12 without a check (CVE-2025-54413): attributes of attributes lead to the interpreter's internals.",
    check: "Look at `func` and `obj` of the node given in schema.json.",
    references: ["https://nvd.nist.gov/vuln/detail/CVE-2025-54413"],
  },
  mismatch: {
    id: "skops-mismatch",
    summary: "a node of a skops file that says one type and restores another",
    gain: "What is shown for approval is then not what is built: releases of skops before 0.12 checked the one name and imported the other.",
    check: "Compare `__loader__` with `__module__` and `__class__` of the node given in schema.json.",
    references: ["https://nvd.nist.gov/vuln/detail/CVE-2025-54412"],
  },
  duplicateKey: {
    id: "skops-duplicate-key",
    summary: "one key twice in a node of a skops file",
    gain: "One reader takes the first value and Python's json, with which skops reads, the last, so what was checked is not what is loaded, in every version.",
    check: "Search schema.json for the key given.",
    references: ["https://www.rfc-editor.org/rfc/rfc8259#section-4"],
  },
} as const satisfies Record<string, Rule>;
