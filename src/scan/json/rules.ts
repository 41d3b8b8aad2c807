import type { Rule } from "../../finding.ts";

export const JSON_RULES = {
  customCode: {
    id: "custom-code",
    summary: "a configuration that names code in the artifact",
    gain: "The code runs with all rights of the process as soon as the model is loaded with trust_remote_code.",
    check: "Read the file that is named before you load the model so, and pin it by its digest.",
    references: ["https://huggingface.co/docs/transformers/custom_models"],
  },
  remoteCode: {
    id: "remote-code",
    summary: "a configuration that names code in another repository",
    gain: "The loader fetches and runs code that is not part of the artifact; its owner can change it after this examination.",
    check: "Copy the code into the artifact, read it, and let the configuration name the copy.",
    references: ["https://huggingface.co/docs/transformers/custom_models"],
  },
  codePath: {
    id: "code-path",
    summary: "a configuration that names code by a path or an address",
    gain: "The loader imports a file of the machine, or one that it fetches, outside of what was examined.",
    check: "Search the file for the value given: a code name is a module and a class in the model's own folder.",
    references: ["https://cwe.mitre.org/data/definitions/22.html"],
  },
  foreignImport: {
    id: "foreign-import",
    summary: "a configuration that makes the loader import a module of its choice",
    gain: "The loader imports the module by name without asking: importing runs it, and a class of it is built with data from the file.",
    check: "Ask what the module does when it is imported and why a model needs it; replace the name by that of the framework's own class.",
    references: ["https://cwe.mitre.org/data/definitions/470.html"],
  },
  evaluated: {
    id: "evaluated-text",
    summary: "text in a document that the loader evaluates as Python",
    gain: "The loader hands the text to an evaluator (sympy's sympify, or compiled guards), so an expression in it runs as code.",
    check: "Look at the text given: sizes and arithmetic are plain names, numbers and operators.",
    references: ["https://docs.sympy.org/latest/modules/core.html#sympy.core.sympify.sympify"],
  },
  trustSwitch: {
    id: "trust-remote-code-set",
    summary: "a configuration that switches trust_remote_code on",
    gain: "Loaders that read the switch run code from repositories without asking the person.",
    check: "Set it to false, and give the switch in your own code where you decided so.",
    references: [],
  },
  duplicateKey: {
    id: "duplicate-key",
    summary: "one key twice in a JSON object",
    gain: "One parser takes the first value and another the last, so what was checked is not what is loaded.",
    check: "Search the file for the key given and remove the value that is wrong.",
    references: ["https://www.rfc-editor.org/rfc/rfc8259#section-4"],
  },
  notStrict: {
    id: "json-not-strict",
    summary: "a document that strict JSON parsers refuse",
    gain: "Parsers that are lenient in different ways read different documents.",
    check: "Give the file to a strict parser (`python3 -m json.tool`) and look at the offset given.",
    references: ["https://www.rfc-editor.org/rfc/rfc8259"],
  },
  leftOut: {
    id: "left-out-path",
    summary: "a configuration that names a folder of the download tool",
    gain: "`.git` and `.cache/huggingface` are no part of the artifact and are not examined: a loader sent there reads a payload that nobody looked at.",
    check: "Look at what lies under the path given; a model has its files beside the configuration.",
    references: ["https://cwe.mitre.org/data/definitions/22.html"],
  },
  address: {
    id: "config-address",
    summary: "an address or an absolute path in a configuration",
    gain: "Mostly where the model was made; a loader that opens it reads from outside of the artifact.",
    check: "Ask whether your loader uses the key given.",
    references: [],
  },
} as const satisfies Record<string, Rule>;
