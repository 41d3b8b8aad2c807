/** Roles that chat templates know. */
export type Role = "system" | "user" | "assistant" | "tool";

export interface Turn {
  readonly role: Role;
  /** Empty for a turn that only calls the tool. */
  readonly text: string;
}

/** A conversation to render. Every text is made of words that no template has, so that it is found again in the output. */
export interface Conversation {
  readonly turns: readonly Turn[];
  /** The name of the one tool that is offered. */
  readonly tool?: string;
  /** Further variables of the template. */
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** How contents and the arguments of calls are given: models differ in what they take. */
export interface Form {
  readonly content: "text" | "parts";
  readonly args: "object" | "json";
  /** Variables that a few templates take from their own tool and fail without. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

export const FORMS: readonly Form[] = [
  { content: "text", args: "object" },
  { content: "text", args: "json" },
  { content: "parts", args: "object" },
  { content: "parts", args: "json" },
  { content: "text", args: "object", extra: { functions: "", datetime: "2026-03-05", date_string: "05 Mar 2026", documents: [] } },
];

export const TOOL = "plorvex_gantu";
const WORDS = [
  "melquin",
  "tarpovas",
  "dulvane",
  "siroquet",
  "pranith",
  "okelomir",
  "zembrik",
  "waftolan",
  "hubrenz",
  "quastile",
  "yemprod",
  "ilvaroth",
];
const OPENING: Readonly<Record<Role, string>> = { system: "vornika", user: "tebalix", assistant: "drenzofa", tool: "klumwise" };

/** Words that stand for a message: of its role and its place in the conversation. */
export function textFor(role: Role, place: number): string {
  const word = (i: number) => WORDS[i % WORDS.length] ?? "";
  return `${OPENING[role]} ${word(place)}${word(place + 5)} ${word(place * 7 + 3)}`;
}

export const SENTINELS: readonly string[] = [
  ...Object.values(OPENING),
  ...WORDS,
  "gantu",
  "plorvex",
  "grintel",
  "jorvanti",
  "ulmetrix",
  "hasporan",
  "wexlorim",
  "yandrop",
];

function turn(role: Role, place: number): Turn {
  return { role, text: textFor(role, place) };
}

/** User and assistant in turn, the user first and last. */
export function exchange(messages: number): Turn[] {
  return Array.from({ length: messages }, (_, i) => turn(i % 2 === 0 ? "user" : "assistant", i));
}

export const PLAIN: Conversation = { turns: exchange(5) };
export const LED: Conversation = { turns: [turn("system", 20), ...exchange(5)] };
export const OFFERED: Conversation = { turns: [turn("system", 20), turn("user", 0)], tool: TOOL };
export const CALLED: Conversation = {
  turns: [turn("system", 20), turn("user", 0), { role: "assistant", text: "" }, turn("tool", 2), turn("assistant", 3), turn("user", 4)],
  tool: TOOL,
};

/** The same conversation with another text at one place. */
export function withText(conversation: Conversation, at: number, text: string): Conversation {
  return { ...conversation, turns: conversation.turns.map((each, i) => (i === at ? { ...each, text } : each)) };
}

/** What a renderer is given: the variables of transformers' `apply_chat_template`. */
export function dataOf({ turns, tool, variables }: Conversation, form: Form, prompt: boolean): Record<string, unknown> {
  return {
    messages: turns.map((each) => messageOf(each, form, tool ?? TOOL)),
    bos_token: "<s>",
    eos_token: "</s>",
    add_generation_prompt: prompt,
    ...(tool === undefined ? {} : { tools: [toolOf(tool)] }),
    ...form.extra,
    ...variables,
  };
}

const CALL_ID = "call12345";
const ARGUMENTS = { place: "grintel" };

function messageOf({ role, text }: Turn, { content, args }: Form, tool: string): Record<string, unknown> {
  if (role === "assistant" && text === "") {
    const call = { name: tool, arguments: args === "json" ? JSON.stringify(ARGUMENTS) : ARGUMENTS };
    return { role, content: "", tool_calls: [{ id: CALL_ID, type: "function", function: call }] };
  }
  const shown = content === "text" ? text : [{ type: "text", text }];
  return role === "tool" ? { role, name: tool, tool_call_id: CALL_ID, content: shown } : { role, content: shown };
}

function toolOf(name: string): Record<string, unknown> {
  const parameters = { type: "object", properties: { place: { type: "string", description: "jorvanti" } }, required: ["place"] };
  return { type: "function", function: { name, description: "ulmetrix hasporan", parameters } };
}
