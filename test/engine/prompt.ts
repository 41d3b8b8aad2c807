import { randomUUID } from "node:crypto";
import { Template } from "@huggingface/jinja";
import type { LlamaModel, Token } from "node-llama-cpp";
import { ApiError, invalid } from "./api-error.ts";
import { isObject } from "./request.ts";

interface Message {
  readonly role: string;
  readonly content: string;
}

/** What clients call a role, and what templates call it. */
const ROLES: ReadonlyMap<unknown, string> = new Map([
  ["developer", "system"],
  ["system", "system"],
  ["user", "user"],
  ["assistant", "assistant"],
  ["tool", "tool"],
]);

/** For models that have no template of their own. */
const PLAIN_TEMPLATE = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant:";

/** The tokens of a conversation, up to where the model's answer begins. Throws ApiError for messages that cannot be read. */
export function promptOf(model: LlamaModel, value: unknown): readonly Token[] {
  const messages = messagesOf(value);
  const { bos, bosString, eosString, shouldPrependBosToken } = model.tokens;
  // The template's own text may name control tokens; the text of a message never becomes one. So the template is given marks in place of the texts.
  const mark = randomUUID();
  const marked = messages.map(({ role }, i) => ({ role, content: `<${mark}:${i}>` }));
  const rendered = render(model.fileInfo.metadata.tokenizer.chat_template ?? PLAIN_TEMPLATE, {
    messages: marked,
    add_generation_prompt: true,
    bos_token: bosString ?? "",
    eos_token: eosString ?? "",
  });
  const tokens = rendered.split(new RegExp(`<${mark}:(\\d+)>`)).flatMap((part, i) => {
    const isText = i % 2 === 1;
    return model.tokenize(isText ? (messages[Number(part)]?.content ?? "") : part, !isText);
  });
  return bos !== null && shouldPrependBosToken && tokens[0] !== bos ? [bos, ...tokens] : tokens;
}

function render(template: string, values: Readonly<Record<string, unknown>>): string {
  try {
    return new Template(template).render(values);
  } catch (error) {
    throw invalid("messages", `the model's chat template refuses them: ${error instanceof Error ? error.message : error}`);
  }
}

function messagesOf(value: unknown): readonly Message[] {
  if (!Array.isArray(value) || value.length === 0) throw invalid("messages", "must be a list of at least one message");
  return value.map((message, i) => {
    const at = `messages[${i}]`;
    if (!isObject(message)) throw invalid(at, "must be an object");
    const role = ROLES.get(message.role);
    if (role === undefined) throw invalid(`${at}.role`, `must be one of ${[...ROLES.keys()].join(", ")}`);
    return { role, content: textOf(message.content, `${at}.content`) };
  });
}

function textOf(content: unknown, at: string): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) throw invalid(at, "must be a text or a list of parts");
  return content
    .map((part) => {
      if (!isObject(part) || part.type !== "text" || typeof part.text !== "string")
        throw new ApiError(400, `${at}: this model reads nothing but text`);
      return part.text;
    })
    .join("");
}
