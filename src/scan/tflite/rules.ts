import type { Rule } from "../../finding.ts";

export const TFLITE_RULES = {
  structure: {
    id: "tflite-structure",
    summary: "a TensorFlow Lite model whose tables do not agree with each other",
    gain: "Interpreters follow these indices and offsets into memory: one that leads outside has been a way to read and write there (CVE-2020-15211, before TensorFlow 2.3.1; CVE-2022-23558, before 2.8.0).",
    check: "Load the model with `tf.lite.Interpreter(...)` in a sandbox, or print it with `flatc --json schema.fbs -- model.tflite`.",
    references: ["https://nvd.nist.gov/vuln/detail/CVE-2020-15211", "https://nvd.nist.gov/vuln/detail/CVE-2022-23558"],
  },
  schema: {
    id: "tflite-unknown-field",
    summary: "a part of a TensorFlow Lite model that the known schema does not have",
    gain: "Readers skip what they do not know, so it can carry anything to a program that does know it; most often the model was written by a newer release.",
    check: "Look the field up in the current schema.fbs of LiteRT.",
    references: ["https://github.com/google-ai-edge/LiteRT/blob/main/tflite/converter/schema/schema.fbs"],
  },
  customOperator: {
    id: "tflite-custom-operator",
    summary: "an operator that the runtime does not have itself",
    gain: "The interpreter of TensorFlow Lite and LiteRT, in every version, runs the model only with native code from elsewhere that registers the operator; that code does what it likes with the options in the file.",
    check: "Ask the publisher which library registers the operator, and whether you trust it.",
    references: ["https://ai.google.dev/edge/litert/models/ops_custom"],
  },
  flexOperator: {
    id: "tflite-flex-operator",
    summary: "a TensorFlow operator that reads or writes files or runs code",
    gain: "With the Flex delegate, in every version of TensorFlow Lite and LiteRT that has it, the model calls operators of TensorFlow: those for files read and overwrite files of the machine, those for Python call functions of the process.",
    check: "List the operators with `tf.lite.experimental.Analyzer.analyze(model_path=…)`.",
    references: ["https://ai.google.dev/edge/litert/models/ops_select", "https://github.com/tensorflow/tensorflow/blob/master/SECURITY.md"],
  },
  externalFile: {
    id: "tflite-external-file",
    summary: "weights of a TensorFlow Lite model in another file",
    gain: "A path that leads out of the model's folder has the interpreter of LiteRT, where it knows external buffers, map another file of the machine.",
    check: "Look at the groups of external buffers in the model: they are plain names of files beside it.",
    references: ["https://cwe.mitre.org/data/definitions/22.html"],
  },
} as const satisfies Record<string, Rule>;
