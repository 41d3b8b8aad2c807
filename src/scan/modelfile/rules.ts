import type { Rule } from "../../finding.ts";

const MODELFILE = "https://docs.ollama.com/modelfile";

export const MODELFILE_RULES = {
  source: {
    id: "modelfile-source",
    summary: "a Modelfile that takes its model or adapter from elsewhere",
    gain: "What Ollama, in every version, builds and serves is then not what lies here: whoever holds the other place decides what it is, today and tomorrow. A path out of the folder takes in a file of the machine.",
    check: "Read the FROM and ADAPTER lines; fetch what they name and examine it, too.",
    references: [MODELFILE],
  },
  words: {
    id: "modelfile-words",
    summary: "what a Modelfile or a layer of Ollama has the model read before its user's words",
    gain: "Words that a user of Ollama does not see steer every answer, in every version: a slogan, a refusal, an address to send things to.",
    check: "Read the words given, and compare them with those of the model that this one comes from.",
    references: [MODELFILE],
  },
  condition: {
    id: "modelfile-condition",
    summary: "a template of Ollama that acts on what is written in a message",
    gain: "The prompt that Ollama builds changes when a certain word is said, in every version with templates: a trigger that no test without the word finds.",
    check: "Read the action given; templates ask who speaks and whether there is something, not what was said.",
    references: [MODELFILE, "https://pkg.go.dev/text/template"],
  },
  exhausts: {
    id: "modelfile-exhausts",
    summary: "a number in a Modelfile that takes a machine's memory or time",
    gain: "Ollama sets aside memory for a context of that size, or goes on for as long as it says, with every request; what a request gives comes first.",
    check: "Compare the number with the model's own context length.",
    references: [MODELFILE],
  },
  structure: {
    id: "modelfile-structure",
    summary: "lines of a Modelfile that Ollama does not have, or quotes without an end",
    gain: "Ollama refuses what it does not know; any other reader of the format may take it for instructions, and a quote without an end swallows those that follow.",
    check: "Run `ollama create` on it in a sandbox: it refuses what it does not know.",
    references: [MODELFILE],
  },
} as const satisfies Record<string, Rule>;
