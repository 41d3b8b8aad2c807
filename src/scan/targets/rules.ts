import type { Rule } from "../../finding.ts";

/** What a configuration names that its loader imports, calls or runs, in whatever syntax it is written. */
export const TARGET_RULES = {
  target: {
    id: "config-target",
    summary: "a configuration that names what its loader imports and calls",
    gain: "hydra.utils.instantiate (NeMo before 2.3.2, and every other program that builds a model from its configuration so) imports the name and calls it with the values beside it.",
    check:
      "Ask what the name given does with the values beside it; a model's configuration names layers, optimisers and transforms of its own framework.",
    references: ["https://nvd.nist.gov/vuln/detail/CVE-2025-23304", "https://hydra.cc/docs/advanced/instantiate_objects/overview/"],
  },
  code: {
    id: "config-code",
    summary: "code inside of a configuration, which its loader runs",
    gain: "MONAI evaluates texts of its bundles that begin with a dollar, and Ultralytics runs the `download` of a data set that is not there, both by design. Keras before 2.6 builds whatever a model in YAML names (CVE-2021-37678).",
    check: "Read the text given as the program that it is.",
    references: ["https://docs.monai.io/en/stable/config_syntax.html", "https://nvd.nist.gov/vuln/detail/CVE-2021-37678"],
  },
  customCode: {
    id: "custom-code",
    summary: "a configuration that names code in the artifact",
    gain: "The code runs with all rights of the process as soon as transformers, diffusers or what loads through them, such as vLLM, has trust_remote_code, in every version that has the switch.",
    check: "Read the file that is named before you load the model so, and pin it by its digest.",
    references: ["https://huggingface.co/docs/transformers/custom_models"],
  },
  codePath: {
    id: "code-path",
    summary: "a configuration that names code by a path or an address",
    gain: "The loader imports a file of the machine, or one that it fetches, outside of what was examined. Which one does depends on the key: transformers and diffusers with trust_remote_code, MLflow without a switch.",
    check: "Search the file for the value given: a code name is a module and a class in the model's own folder.",
    references: ["https://cwe.mitre.org/data/definitions/22.html"],
  },
  foreignImport: {
    id: "foreign-import",
    summary: "a configuration that makes the loader import a module of its choice",
    gain: "The loader imports the module by name without asking: importing runs it, and a class of it is built with data from the file. PEFT does so with parent_library, sentence-transformers with modules.json, diffusers with model_index.json, Hydra with its search path; the title names the key.",
    check: "Ask what the module does when it is imported and why a model needs it; replace the name by that of the framework's own class.",
    references: ["https://cwe.mitre.org/data/definitions/470.html"],
  },
  trustSwitch: {
    id: "trust-remote-code-set",
    summary: "a configuration that switches trust_remote_code on",
    gain: "Loaders that read the switch run code from repositories without asking the person.",
    check: "Set it to false, and give the switch in your own code where you decided so.",
    references: [],
  },
} as const satisfies Record<string, Rule>;
