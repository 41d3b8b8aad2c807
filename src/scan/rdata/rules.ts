import type { Rule } from "../../finding.ts";

const PROMISE = "https://nvd.nist.gov/vuln/detail/CVE-2024-27322";
const INTERNALS = "https://cran.r-project.org/doc/manuals/r-release/R-ints.html#Serialization-Formats";

export const RDATA_RULES = {
  promise: {
    id: "r-promise",
    summary: "an R object that holds an expression which is evaluated when the object is used",
    gain: "R before 4.4.0 evaluates it as soon as the object or variable is touched after readRDS() or load() (CVE-2024-27322); inside an environment every R does when the variable is read. It runs with all rights of the session.",
    check:
      "Do not load it. Upgrade to R 4.4.0, which refuses such an object at the top; look at its texts with `strings`, and rebuild the model from its source.",
    references: [PROMISE, "https://www.kb.cert.org/vuls/id/238194"],
  },
  call: {
    id: "r-acting-call",
    summary: "an R object with a call that a model has no use for, or that hands on a function of that kind",
    gain: "Formulas, their `predvars` and stored calls are evaluated by predict(), update() and printing, functions when they are called: the call then runs with all rights of the session, in every version of R.",
    check: "Print the formula, terms and call of the object in a sandbox, and search them for the name given.",
    references: [INTERNALS],
  },
  unknownCall: {
    id: "r-unknown-call",
    summary: "an R object with a call of functions that are not known here, or of what another call gives",
    gain: "predict() and update() evaluate what stands in a formula or a stored call, in every version of R: whichever function of that name is found then runs.",
    check: "Print the formula, terms and call of the object in a sandbox and ask which package the function is from.",
    references: [INTERNALS],
  },
  functions: {
    id: "r-function",
    summary: "functions by value in an R object",
    gain: "Whoever calls one of them, as predict() does for a glm, runs code that came with the file, in every version of R. Bytecode is run without a check and can break the interpreter itself.",
    check: "Print the functions in a sandbox and read them; save coefficients or a package's own format instead.",
    references: [INTERNALS],
  },
  binding: {
    id: "r-active-binding",
    summary: "a variable of an R environment that calls a function when it is read",
    gain: "Reading the variable, as printing or copying the environment does, runs the function that came with the file, in every version of R.",
    check: "List the environment with ls() and bindingIsActive() in a sandbox.",
    references: [INTERNALS],
  },
  loaded: {
    id: "r-package",
    summary: "an R object that makes the reader load a package",
    gain: "readRDS() and load() load the namespace by its name, in every version of R, and loading runs the package's start-up code. A name with slashes leads out of the library.",
    check: "Ask whether the package is the one that made the model.",
    references: [INTERNALS],
  },
  rebuilt: {
    id: "r-rebuilt-object",
    summary: "an R object that native code or a hook of the reader rebuilds",
    gain: "A class of a package (R since 3.5), a mapped file or a hook of readRDS() decides what the object becomes, from a state that came with the file.",
    check: "Ask which package registers the class given.",
    references: [INTERNALS],
  },
  structure: {
    id: "r-structure",
    summary: "bytes behind the end of an R object",
    gain: "R stops at the end of the object and says nothing, in every version: what follows travels unseen, and a second stage picks it up.",
    check: "Cut the bytes out at the offset given and look at them.",
    references: [INTERNALS],
  },
} as const satisfies Record<string, Rule>;
