import type { Rule } from "../../finding.ts";

export const PADDLE_RULES = {
  actingOperator: {
    id: "paddle-acting-operator",
    summary: "an operator of a Paddle program that reaches out of the computation",
    gain: "Paddle, in every version, runs what the program says with all rights of the process: it reads or writes files, calls Python or talks to other machines while the model runs.",
    check: "Print the program with paddle.static.load_inference_model in a sandbox, or look for the operator with Netron, and read its attributes.",
    references: ["https://github.com/PaddlePaddle/Paddle/blob/develop/SECURITY.md", "https://cwe.mitre.org/data/definitions/829.html"],
  },
  unknownOperator: {
    id: "paddle-unknown-operator",
    summary: "an operator that Paddle is not known to come with",
    gain: "The program may need a native library that it does not bring, and Paddle refuses it otherwise. Whoever runs it is asked to load that library, which runs with all rights of the process.",
    check: "Look for the operator in the documentation of the Paddle version that wrote the model; find out which package registers it otherwise.",
    references: ["https://www.paddlepaddle.org.cn/documentation/docs/en/guides/custom_op/index_en.html"],
  },
  structure: {
    id: "paddle-structure",
    summary: "parts of a Paddle program that the schema does not have, or has once",
    gain: "Readers skip what they do not know, so it can carry anything to a program that does know it; of what stands twice they take different ones. No release of Paddle is known that acts on it.",
    check: "Compare the output of protoc --decode_raw with framework.proto at the place given.",
    references: ["https://github.com/PaddlePaddle/Paddle/blob/develop/paddle/fluid/framework/framework.proto"],
  },
} as const satisfies Record<string, Rule>;
