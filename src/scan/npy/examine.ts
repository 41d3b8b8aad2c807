import { type Examined, type Examiner, findingOf, type Rule } from "../../finding.ts";
import type { NpyFacts } from "../../formats/npy/parse.ts";
import { type Meaning, tamperingFindings } from "../tampering.ts";

const FORMAT = "https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html";

export const NPY_RULES = {
  expression: {
    id: "npy-header-expression",
    summary: "an array header that is code instead of a dictionary",
    gain: "A loader that evaluates the header instead of reading it as a literal runs the code. numpy reads it as a literal and refuses the file; none of the known loaders does otherwise.",
    check: "Print the first line of the file: it must be a dictionary with descr, fortran_order and shape.",
    references: [FORMAT],
  },
  header: {
    id: "npy-header",
    summary: "an array header that numpy does not write",
    gain: "Loaders disagree about the array, so what was checked is not what is loaded: numpy refuses most such headers, any reader of one's own may not.",
    check: "Print the first line of the file: it must be a dictionary with descr, fortran_order and shape, under 10,000 bytes.",
    references: [FORMAT],
  },
  unowned: {
    id: "npy-unowned-bytes",
    summary: "bytes after the array",
    gain: "A payload travels in a file that passes for plain numbers, and is picked up by another program or a second stage. numpy never reads these bytes.",
    check: "Cut the bytes out at the offset given and look at them; numpy never reads them.",
    references: [FORMAT],
  },
  objects: {
    id: "npy-object-array",
    summary: "an array of Python objects",
    gain: "Such an array is a pickle: what it does when it is loaded is judged from the pickle itself.",
    check: "Load it only with allow_pickle=False, or read the findings on the pickle inside.",
    references: ["https://nvd.nist.gov/vuln/detail/CVE-2019-6446"],
  },
  dtype: {
    id: "npy-dtype",
    summary: "a dtype that is not known",
    gain: "Nothing by itself; whether the array has the size that it claims could not be checked.",
    check: "Load the file with the library that defines the dtype, with allow_pickle=False.",
    references: [FORMAT],
  },
} as const satisfies Record<string, Rule>;

const MEANINGS: Readonly<Record<string, Meaning>> = {
  "header-expression": { rule: NPY_RULES.expression, severity: "medium" },
  "trailing-bytes": { rule: NPY_RULES.unowned, severity: "medium" },
  "unknown-dtype": { rule: NPY_RULES.dtype, severity: "info" },
};
const OTHER: Meaning = { rule: NPY_RULES.header, severity: "medium" };

/** A plain array runs nothing; an array of objects is a pickle, which is examined as what it is. */
export const npyExaminer: Examiner<NpyFacts> = {
  id: "npy",
  version: 1,
  reads: "npy",
  rules: Object.values(NPY_RULES),
  examine({ facts, anomalies }, { path }): Examined {
    const objects = findingOf(NPY_RULES.objects, {
      severity: "info",
      where: { path, offset: facts.dataStart },
      title: "An array of Python objects: loading it unpickles what follows the header",
    });
    const unknown = anomalies.some((anomaly) => anomaly.kind === "unknown-dtype");
    return {
      findings: [...(facts.objects ? [objects] : []), ...tamperingFindings(anomalies, MEANINGS, OTHER, path)],
      unexamined: unknown ? ["the size of an array of an unknown dtype"] : [],
    };
  },
};
