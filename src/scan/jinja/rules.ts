import type { Rule } from "../../finding.ts";

const TEMPLATES = "https://huggingface.co/docs/transformers/main/en/chat_templating";
const JINJA = "https://jinja.palletsprojects.com/en/stable/sandbox/";

export const CODE_EXECUTION: Rule = {
  id: "template-code-execution",
  summary: "A chat template reaches for Python's internals, for other files, or for names that it hides.",
  gain: "A program that renders the template without a sandbox (as llama-cpp-python, LiteLLM and SGLang did) runs commands of the author's choice on the first message; a sandbox that stops it today is the only thing in between.",
  check:
    "Read the line that is shown: a chat template needs the fields of messages and tools, and never a name that begins with two underscores, a filter named attr, or another file.",
  references: ["CVE-2024-34359", "CVE-2024-2952", JINJA],
};

export const NOT_ALLOWED: Rule = {
  id: "template-not-allowed",
  summary: "A chat template uses something that is not on the list of what chat templates need.",
  gain: "What is outside the list depends on the renderer: it may be refused, do nothing, or reach further than its author shows.",
  check: "Find out what the name does in the program that will render the template; if it is an extension of that program, a person can accept it.",
  references: [TEMPLATES],
};

export const RESOURCE_EXHAUSTION: Rule = {
  id: "template-resource-exhaustion",
  summary: "A chat template can use up the time or memory of the server that renders it.",
  gain: "One request makes the server hang or run out of memory, before the model has seen a token.",
  check: "Follow the numbers and the loop on the line that is shown, and estimate how long the output becomes.",
  references: ["CVE-2025-61620", "CVE-2025-62426"],
};

export const INSTRUCTION_SMUGGLING: Rule = {
  id: "template-instruction-smuggling",
  summary: "A chat template holds text that its readers do not see as the model sees it.",
  gain: "The author gives the model instructions in each conversation that neither a reviewer of the template nor the operator notices.",
  check: "Decode the text that is shown, and ask why it was not written plainly.",
  references: ["https://www.unicode.org/reports/tr36/", TEMPLATES],
};

export const ROLE_FORGERY: Rule = {
  id: "template-role-forgery",
  summary: "A chat template turns words of a message into the marker of a turn.",
  gain: "Whoever knows the words writes a turn in the name of the system or the assistant from inside a message, past every filter that looks for the marker itself.",
  check: "Look at what is replaced by what: content may be escaped, and never gain a marker.",
  references: [TEMPLATES],
};

export const UNPARSED: Rule = {
  id: "template-unparsed",
  summary: "A chat template has parts that are not valid Jinja.",
  gain: "What one parser refuses another may accept and run: the parts that could not be read were not judged.",
  check: "Render the template with the program that will serve it; if it fails there, too, the template is broken.",
  references: [TEMPLATES],
};

export const RULES: readonly Rule[] = [CODE_EXECUTION, NOT_ALLOWED, RESOURCE_EXHAUSTION, INSTRUCTION_SMUGGLING, ROLE_FORGERY, UNPARSED];
