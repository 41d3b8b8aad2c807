/** Words that rules use and that not everybody knows. `scan --explain` defines those that stand in what it prints. */
export const TERMS: readonly (readonly [term: string, standsIn: RegExp, means: string])[] = [
  [
    "pickle",
    /\bpickle/i,
    "Python's own format for objects. It is a program: reading one runs the calls that are written in it. PyTorch's .pt, .bin and .ckpt files hold one.",
  ],
  ["safetensors", /\bsafetensors\b/i, "a format that holds numbers and their names, and nothing that could run."],
  ["GGUF", /\bgguf\b/i, "the format of llama.cpp and Ollama: numbers, settings and a chat template in one file."],
  ["ONNX", /\bonnx\b/i, "a format for models as graphs of operators, run by ONNX Runtime and others."],
  ["chat template", /\btemplate/i, "a small program (Jinja) in a model that writes a conversation as the text which the model is given."],
  ["trust_remote_code", /\btrust_remote_code\b|\bauto_map\b/, "the switch with which transformers runs Python files of the model's repository."],
  ["loader", /\bloaders?\b/i, "whatever opens the file: torch.load, transformers, an inference server."],
  ["memo", /\bmemo\b/i, "the numbered list in which a pickle keeps values to use them again."],
  ["opcode", /\bopcodes?\b/i, "one instruction of a pickle."],
  ["dtype", /\bdtypes?\b/i, "what the elements of an array are: so many bits, integer or float."],
  ["polyglot", /\bpolyglot\b/i, "a file that is valid in two formats at once, so that two programs see two things."],
  ["slip", /-slip\b/, "a member of an archive whose path leads out of the folder into which the archive is unpacked."],
  ["artifact", /\bartifact\b/i, "the model or skill that is examined: all files of the folder."],
];
