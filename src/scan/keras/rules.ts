import type { Rule } from "../../finding.ts";

const ADVISORIES = "https://github.com/keras-team/keras/security/advisories";

export const KERAS_RULES = {
  lambda: {
    id: "keras-lambda",
    summary: "Python code, or a function by name, inside a layer",
    gain: "The code runs as soon as the model is built or called: in an .h5 file under every version of Keras before 3.11.3, whatever safe_mode says (CVE-2025-9905), in a .keras file before 2.13 (CVE-2024-3660) and since then with safe_mode=False. Keras 3.14.0 also ran it where a configuration is built outside of load_model (CVE-2026-12481).",
    check:
      "Decode the text with base64 and marshal in a throw-away sandbox with the Python that wrote it, and read it with the dis module. Ask for a model without Lambda layers.",
    references: ["https://nvd.nist.gov/vuln/detail/CVE-2024-3660", "https://nvd.nist.gov/vuln/detail/CVE-2025-9905"],
  },
  object: {
    id: "keras-object",
    summary: "a configuration that names a class or function which is none of Keras' own",
    gain: "Keras imports the module and calls what the configuration names, with arguments from the configuration: before 3.9 anything that can be imported (CVE-2025-1550), before 3.11 what Keras itself brings for fetching and loading files (CVE-2025-8747, CVE-2025-9906), in 3.11.0 to 3.11.2 a module of PyTorch (CVE-2025-49655), before 3.14 a TensorFlow program (CVE-2026-1462). Later versions refuse, or take it from what the loading program registered.",
    check: "Read the entry at the JSON pointer given; a model needs layers, losses, metrics and optimizers, and nothing that opens, fetches or runs.",
    references: [ADVISORIES, "https://nvd.nist.gov/vuln/detail/CVE-2025-1550", "https://nvd.nist.gov/vuln/detail/CVE-2025-8747"],
  },
  path: {
    id: "keras-path",
    summary: "a layer that reads a file by its path",
    gain: "Loading the model reads that file on the machine that loads it, or from the network, into the model's state, from where it can be read back: in Keras before 3.12 whatever safe_mode says (CVE-2025-12058), since then with safe_mode=False.",
    check: "Read the entry at the JSON pointer given: a vocabulary belongs into the file as a list, or among its assets.",
    references: ["https://nvd.nist.gov/vuln/detail/CVE-2025-12058"],
  },
  operation: {
    id: "keras-operation",
    summary: "a layer that calls a function of TensorFlow by its name",
    gain: "TensorFlow has functions that read and write files, load libraries and call Python; a layer made of one does so when the model is built or called. Keras 2 (tf.keras up to TensorFlow 2.15, and tf_keras) has such layers, Keras 3 does not.",
    check: "Read the entry at the JSON pointer given and look the function up in TensorFlow's reference.",
    references: ["https://github.com/tensorflow/tensorflow/blob/master/SECURITY.md"],
  },
  identifier: {
    id: "keras-custom-name",
    summary: "a loss, metric or activation that Keras does not have",
    gain: "Nothing by itself: whoever loads the model with Keras, in every version, has to bring the function by custom_objects, and runs it. What it does is not in this file.",
    check: "Find out where the publisher defines this name and read it.",
    references: [],
  },
  config: {
    id: "keras-config",
    summary: "a configuration outside of what JSON and Keras allow",
    gain: "Two readers take different values from it, so what was checked is not what Keras loads: Python's json, which it uses, takes the last of two values, in every version.",
    check: "Print the configuration and search for the key at the offset given.",
    references: [],
  },
} as const satisfies Record<string, Rule>;
