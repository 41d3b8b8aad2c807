import type { Rule } from "../../finding.ts";

export const CORE_ML_RULES = {
  customClass: {
    id: "coreml-custom-class",
    summary: "a layer or model that a class of the app computes",
    gain: "Core ML, in every version that has custom layers and models, makes an object of the class that the model names and gives it parameters of the model's choice; the model does not run without code from elsewhere.",
    check: "Search the app for the class: it must be one that you wrote for this model.",
    references: ["https://developer.apple.com/documentation/coreml/mlcustomlayer"],
  },
  linkedModel: {
    id: "coreml-linked-model",
    summary: "a model that stands for another one in a file of its own",
    gain: "What Core ML loads is a compiled model elsewhere, which is no part of what was examined.",
    check: "Look at linkedModelFileName and linkedModelSearchPath with coremltools; examine the model that they name.",
    references: ["https://apple.github.io/coremltools/mlmodel/Format/LinkedModel.html", "https://cwe.mitre.org/data/definitions/22.html"],
  },
  weightPath: {
    id: "coreml-weight-path",
    summary: "weights of a Core ML program outside of its package",
    gain: "Loading with Core ML reads a file of the device as weights, from where the model's output carries it away. Whether a release refuses such a path is not documented.",
    check: "Search the model for blob file names: each must begin with @model_path/ and stay below it.",
    references: [
      "https://apple.github.io/coremltools/docs-guides/source/convert-to-ml-program.html",
      "https://cwe.mitre.org/data/definitions/22.html",
    ],
  },
  structure: {
    id: "coreml-structure",
    summary: "parts of a Core ML model that the schema does not have, or has once",
    gain: "Readers skip what they do not know, so it can carry anything to a program that does know it; of what stands twice they take different ones. No release of Core ML is known that acts on it.",
    check: "Compare the output of protoc --decode_raw with the .proto files of coremltools at the place given.",
    references: ["https://github.com/apple/coremltools/tree/main/mlmodel/format"],
  },
} as const satisfies Record<string, Rule>;
