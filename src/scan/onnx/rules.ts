import type { Rule } from "../../finding.ts";

const IR = "https://github.com/onnx/onnx/blob/main/docs/IR.md";
const EXTERNAL_DATA = "https://github.com/onnx/onnx/blob/main/docs/ExternalData.md";

export const ONNX_RULES = {
  externalPath: {
    id: "onnx-external-path",
    summary: "external data of an ONNX model outside of its folder",
    gain: "Loading reads a file of the machine into a tensor, from where the model's output carries it away; saving the model again can overwrite it. onnx before 1.13 followed such paths (CVE-2022-25882), releases before 1.21 could be led round the check (CVE-2024-27318, CVE-2025-51480, CVE-2026-27489), and other runtimes have checks of their own.",
    check:
      "List the locations with onnx.external_data_helper, or search the file for the location given: each must be a plain name below the model's folder.",
    references: [EXTERNAL_DATA, "CVE-2022-25882", "CVE-2024-27318", "CVE-2025-51480", "CVE-2026-27489"],
  },
  externalEntry: {
    id: "onnx-external-entry",
    summary: "an external data entry that is not as the specification says",
    gain: "Readers differ in what they make of it; onnx before 1.21 set attributes of a Python object by the keys that the file gives (CVE-2026-34445).",
    check: "Look at external_data of the tensor given: location, offset, length and checksum, each once.",
    references: [EXTERNAL_DATA, "CVE-2026-34445"],
  },
  actingOperator: {
    id: "onnx-acting-operator",
    summary: "an operator that reaches out of the computation",
    gain: "The model decides what is called, sent or opened while it runs, in a runtime that knows the operator: ONNX Runtime with its extensions, or as it is built for training. A plain ONNX Runtime refuses most of them.",
    check: "Find the nodes with Netron or onnx.load, and read what their attributes name.",
    references: [IR],
  },
  unknownOperator: {
    id: "onnx-unknown-operator",
    summary: "an operator that neither ONNX nor ONNX Runtime publishes",
    gain: "ONNX Runtime, in every version, refuses the model without native code that it does not bring. Whoever runs it is asked to load a library from elsewhere (register_custom_ops_library), which runs with all rights of the process.",
    check: "Find out which library registers the operator, and whether you trust and need it; convert the model without it if you can.",
    references: ["https://onnxruntime.ai/docs/reference/operators/add-custom-op.html"],
  },
  runtimeOperator: {
    id: "onnx-runtime-operator",
    summary: "operators of ONNX Runtime or its extensions",
    gain: "Nothing by itself: the model runs in ONNX Runtime (with its extensions) only.",
    check: "Nothing to do where ONNX Runtime is what runs it.",
    references: ["https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md"],
  },
  metadata: {
    id: "onnx-metadata-content",
    summary: "a metadata text that holds a serialised program",
    gain: "Nothing by itself: no version of onnx or ONNX Runtime is known that decodes it. A tool that does would run it.",
    check: "Read metadata_props, decode the value, and disassemble it with pickletools.",
    references: [],
  },
  structure: {
    id: "onnx-structure",
    summary: "parts of a model or tensor that the ONNX schema does not have, or has once, or content that does not fit the tensor's shape",
    gain: "Readers skip what they do not know and do not need, so it can carry anything to a program that does know it; of what stands twice they take different ones. No release of onnx or ONNX Runtime is known that acts on it.",
    check: "Compare the output of protoc --decode_raw with onnx.proto at the place given; onnx.checker refuses content that does not fit.",
    references: [IR],
  },
} as const satisfies Record<string, Rule>;
