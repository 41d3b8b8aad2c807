import type { Rule } from "../../finding.ts";

const FORMAT = "https://github.com/torch/torch7/blob/master/File.lua";

export const TORCH7_RULES = {
  functions: {
    id: "torch7-function",
    summary: "functions by value in a Torch7 file",
    gain: "torch.load rebuilds them with loadstring(), and whatever calls them, as forward() does, runs code that came with the file. Lua bytecode is loaded without a check: a made-up one breaks the interpreter itself. No version of Torch7 has a safe mode.",
    check: "Ask why the model has functions; convert it to another format on a machine that may be lost, and keep only the tensors.",
    references: [FORMAT, "https://www.lua.org/manual/5.1/manual.html#pdf-load"],
  },
  classes: {
    id: "torch7-class",
    summary: "objects of classes that are not of Torch7's own packages",
    gain: "Reading calls the read() of a class that is registered under the name, and its content is laid out as that class likes: what follows may be something else than what was read here. torch.load of Torch7 does so in every version.",
    check: "Ask which package registers the class, and read its read().",
    references: [FORMAT],
  },
  structure: {
    id: "torch7-structure",
    summary: "bytes behind the end of a Torch7 object",
    gain: "torch.load of Torch7 stops at the end of the object and says nothing, in every version: what follows travels unseen, and a second stage picks it up.",
    check: "Cut the bytes out at the offset given and look at them.",
    references: [FORMAT],
  },
} as const satisfies Record<string, Rule>;
