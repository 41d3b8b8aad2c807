import type { Rule } from "../../finding.ts";

const TEMPLATES = "https://huggingface.co/docs/transformers/main/en/chat_templating";
const JINJA = "https://jinja.palletsprojects.com/en/stable/sandbox/";

export const CODE_EXECUTION: Rule = {
  id: "template-code-execution",
  summary: "A chat template reaches for Python's internals, for other files, or for names that it hides.",
  gain: "A program that renders the template without a sandbox runs commands of the author's choice on the first message: llama-cpp-python before 0.2.72 (CVE-2024-34359), LiteLLM before 1.34.42 (CVE-2024-2952), the rerank route of SGLang up to 0.5.9 (CVE-2026-5760). In transformers and vLLM a sandbox that stops it today is the only thing in between.",
  check:
    "Read the line that is shown: a chat template needs the fields of messages and tools, and never a name that begins with two underscores, a filter named attr, or another file.",
  references: ["CVE-2024-34359", "CVE-2024-2952", "CVE-2026-5760", JINJA],
};

export const NOT_ALLOWED: Rule = {
  id: "template-not-allowed",
  summary: "A chat template uses something that is not on the list of what chat templates need.",
  gain: "What is outside the list depends on the renderer: it may be refused, do nothing, or reach further than its author shows. transformers and vLLM have all of Jinja in a sandbox, llama.cpp and transformers.js parts of it.",
  check: "Find out what the name does in the program that will render the template; if it is an extension of that program, a person can accept it.",
  references: [TEMPLATES],
};

export const RESOURCE_EXHAUSTION: Rule = {
  id: "template-resource-exhaustion",
  summary: "A chat template can use up the time or memory of the server that renders it.",
  gain: "One request makes the server hang or run out of memory, before the model has seen a token. transformers and vLLM, llama.cpp and transformers.js render without a bound on steps; no version with one is known.",
  check: "Follow the numbers and the loop on the line that is shown, and estimate how long the output becomes.",
  references: ["CVE-2025-61620", "CVE-2025-62426"],
};

export const INSTRUCTION_SMUGGLING: Rule = {
  id: "template-instruction-smuggling",
  summary: "A chat template gives the model instructions that its readers do not see, or that come only with a word, a date, a tool or a length.",
  gain: "The author gives the model instructions that neither a reviewer of the template, nor a short test, nor the operator notices. Every program that renders the template follows it, in every version: transformers, vLLM, llama.cpp, transformers.js.",
  check: "Render the template with and without the condition that is shown (or decode the text), and ask who wants these words in the prompt.",
  references: ["https://www.unicode.org/reports/tr36/", TEMPLATES],
};

export const ROLE_FORGERY: Rule = {
  id: "template-role-forgery",
  summary:
    "A chat template lets somebody speak in a role that is not theirs: words that become markers, tool results as system, turns that nobody spoke.",
  gain: "Whoever knows the words, or writes what a tool returns, speaks to the model as the system or the assistant, past every filter that looks for the markers themselves. Every program that renders the template follows it, in every version: transformers, vLLM, llama.cpp, transformers.js.",
  check: "Render a conversation with the words that are shown: the markers around each message must follow from its role alone.",
  references: [TEMPLATES],
};

export const MESSAGE_ALTERED: Rule = {
  id: "template-message-altered",
  summary: "A chat template leaves out, moves or rewrites messages.",
  gain: "The model reads something else than was said to it: the operator's rules are gone, a failed check has passed, a link leads elsewhere. Every program that renders the template follows it, in every version: transformers, vLLM, llama.cpp, transformers.js.",
  check: "Render a conversation with the words that are shown and look for each message in the output, whole and in its place.",
  references: [TEMPLATES],
};

export const OWN_PROSE: Rule = {
  id: "template-own-prose",
  summary: "A chat template adds words of its own to the conversation.",
  gain: "Nothing by itself: many models come with a system prompt. Words that the model this one comes from does not have were put there by somebody.",
  check: "Read the words, and compare both digests with those of the template of the base model.",
  references: [TEMPLATES],
};

export const UNPARSED: Rule = {
  id: "template-unparsed",
  summary: "A chat template has parts that are not valid Jinja.",
  gain: "What one parser refuses another may accept and run: the parts that could not be read were not judged. transformers and vLLM take all of Jinja, llama.cpp and transformers.js parts of it.",
  check: "Render the template with the program that will serve it; if it fails there, too, the template is broken.",
  references: [TEMPLATES],
};

export const RULES: readonly Rule[] = [
  CODE_EXECUTION,
  NOT_ALLOWED,
  RESOURCE_EXHAUSTION,
  INSTRUCTION_SMUGGLING,
  ROLE_FORGERY,
  MESSAGE_ALTERED,
  OWN_PROSE,
  UNPARSED,
];
