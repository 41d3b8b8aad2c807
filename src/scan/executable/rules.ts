import type { Rule } from "../../finding.ts";

export const EXECUTABLE_RULES = {
  disguised: {
    id: "executable-disguised",
    summary: "a program under the name of a model, tokenizer, configuration or document",
    gain: "The name brings a program past checks by name and onto the machine; a second step, any loader that tries several formats, or a person runs it.",
    check: "Look at the first bytes (`file`, `xxd | head`): weights and configurations do not begin with the header of an executable or with #!.",
    references: ["https://attack.mitre.org/techniques/T1036/008/"],
  },
  native: {
    id: "native-code",
    summary: "machine code or bytecode in the artifact",
    gain: "Any loader that picks the file up runs it with all rights of the process, in every version: Python's import and ctypes, torch.ops.load_library, tf.load_op_library, TensorRT and AOTInductor for theirs. No weights need it.",
    check: "Ask what loads the file; build it from its source instead, or remove it.",
    references: [],
  },
} as const satisfies Record<string, Rule>;
