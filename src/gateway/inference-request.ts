import { isAscii, isUtf8 } from "node:buffer";
import { type ContentSize, isRecord, referenceIn } from "./content-rules.ts";
import { MAX_PARTS, type MemberSpan, membersOf, type ObjectSpans } from "./json-members.ts";
import { folded, MEMBER_RULES, READ_MEMBERS, TEMPLATE_SETTINGS } from "./member-rules.ts";
import { type Refusal, refusal } from "./refusal.ts";

/** Calls that reach a model. */
export type Surface = "chat.completions" | "embeddings";

/** What is asked for, as far as the answer has to be compared with it. */
export interface Asked {
  readonly stream: boolean;
  /** The client asked for a last chunk with the usage. */
  readonly wantsUsage: boolean;
  readonly choices: number;
  /** A guess at the tokens of the input, on the high side for text. */
  readonly inputTokens: number;
}

/** The body of such a call, checked. Nothing of it was changed yet. */
export interface InferenceRequest extends Asked {
  readonly bytes: Buffer;
  readonly spans: ObjectSpans;
  readonly model: string;
  /** Tokens that each choice may have; null: the client set no end. */
  readonly maxOutput: number | null;
  /** Members that are left out of what is forwarded, as the client wrote them. */
  readonly dropped: readonly string[];
}

/** More choices than this multiply the work of a call out of sight; vLLM alone would take 16384. */
const MOST_CHOICES = 16;
const BYTES_PER_TOKEN = 3;
const TOKENS_PER_MEDIA = 1000;

/** Reads the body of a call, or says why not. Everything that could make two readers see two requests is refused here. */
export function readInferenceRequest(surface: Surface, bytes: Buffer): InferenceRequest | Refusal {
  const parsed = parse(bytes);
  if ("code" in parsed) return parsed;
  const { value, spans } = parsed;
  const members = checkMembers(spans.members);
  if ("code" in members) return members;
  const kwargs = templateSettings(value.chat_template_kwargs);
  if (kwargs !== null) return kwargs;
  const size: ContentSize = { mediaChars: 0, mediaParts: 0 };
  const content = surface === "embeddings" ? inputIn(value) : referenceIn(value.messages, size);
  if (content !== null) return content;
  const asked = askedFor(surface, value);
  if ("code" in asked) return asked;
  const textBytes = Math.max(0, bytes.length - size.mediaChars);
  const inputTokens = Math.ceil(textBytes / BYTES_PER_TOKEN) + size.mediaParts * TOKENS_PER_MEDIA;
  return { bytes, spans, inputTokens, dropped: members.dropped, ...asked };
}

type Parsed = { readonly value: Readonly<Record<string, unknown>>; readonly spans: ObjectSpans };

function parse(bytes: Buffer): Parsed | Refusal {
  const ascii = isAscii(bytes);
  if (!ascii && !isUtf8(bytes)) return refusal("invalid_json", "the body is not UTF-8");
  const text = bytes.toString("latin1");
  const spans = membersOf(text);
  if (spans.kind === "too-deep") return refusal("invalid_json", `the body nests too deeply at byte ${spans.at}`);
  if (spans.kind === "too-many") return refusal("body_too_large", `a body may have ${MAX_PARTS} members, arrays and objects`);
  let value: unknown;
  try {
    value = JSON.parse(ascii ? text : bytes.toString("utf8"));
  } catch {
    return refusal("invalid_json", "the body is not JSON");
  }
  if (!isRecord(value) || spans.kind !== "object") return refusal("invalid_json", "the body has to be a JSON object");
  if (membersIn(value) !== spans.written) return refusal("duplicate_member", "a member stands twice in one object of the body");
  return { value, spans };
}

/** Members of a value and of all that it holds. Less than were written: some were written twice, and JSON.parse kept the last. */
function membersIn(value: object): number {
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === "object" && item !== null) count += membersIn(item);
    return count;
  }
  const members: Readonly<Record<string, unknown>> = value as Readonly<Record<string, unknown>>; // an object that is no array, from JSON.parse
  for (const name in members) {
    count++;
    const member = members[name];
    if (typeof member === "object" && member !== null) count += membersIn(member);
  }
  return count;
}

function checkMembers(members: readonly MemberSpan[]): { readonly dropped: readonly string[] } | Refusal {
  let dropped: string[] | undefined;
  for (const { key } of members) {
    if (READ_MEMBERS.has(key)) continue;
    const plain = folded(key);
    if (READ_MEMBERS.has(plain)) return refusal("invalid_value", `write ${plain} for ${shown(key)}`, { param: shown(key) });
    const rule = MEMBER_RULES.get(plain);
    if (rule === undefined) continue;
    if (rule.effect === "refuse") return refusal("unsupported_parameter", `${shown(key)} is not taken: ${rule.why}`, { param: shown(key) });
    dropped ??= [];
    dropped.push(key);
  }
  return { dropped: dropped ?? NONE };
}

const NONE: readonly string[] = [];

function templateSettings(settings: unknown): Refusal | null {
  if (settings === undefined || settings === null) return null;
  if (!isRecord(settings)) return refusal("invalid_value", "chat_template_kwargs has to be an object", { param: "chat_template_kwargs" });
  for (const name in settings) {
    const param = `chat_template_kwargs.${shown(name)}`;
    if (!TEMPLATE_SETTINGS.has(name))
      return refusal("unsupported_parameter", `${param} is not taken: the chat template is part of the model`, { param });
    if (typeof settings[name] === "object") return refusal("invalid_value", `${param} has to be a plain value`, { param });
  }
  return null;
}

function inputIn({ input, stream, messages }: Readonly<Record<string, unknown>>): Refusal | null {
  if (stream !== undefined && stream !== false && stream !== null)
    return refusal("invalid_value", "embeddings are not streamed", { param: "stream" });
  // vLLM would embed these instead, with whatever media they name, and SGLang fetches an `image` that stands in an input
  if (messages !== undefined) return refusal("unsupported_parameter", "messages are not embedded: use input", { param: "messages" });
  if (typeof input === "string") return null;
  if (Array.isArray(input) && input.every((item) => isTextOrToken(item) || (Array.isArray(item) && item.every(isToken)))) return null;
  return refusal("invalid_value", "input has to be a string, tokens, or an array of these", { param: "input" });
}

function isTextOrToken(item: unknown): boolean {
  return typeof item === "string" || isToken(item);
}

function isToken(item: unknown): boolean {
  return typeof item === "number";
}

type Wanted = Pick<InferenceRequest, "model" | "stream" | "wantsUsage" | "choices" | "maxOutput">;

function askedFor(surface: Surface, value: Readonly<Record<string, unknown>>): Wanted | Refusal {
  const { model, stream, stream_options: options, n, max_tokens: tokens, max_completion_tokens: completion } = value;
  if (typeof model !== "string" || model === "") return refusal("invalid_value", "model has to name a deployment", { param: "model" });
  if (surface === "embeddings") return { model, stream: false, wantsUsage: true, choices: 1, maxOutput: 0 };
  if (!isAbsent(stream) && typeof stream !== "boolean") return refusal("invalid_value", "stream has to be true or false", { param: "stream" });
  if (!isAbsent(options) && !isRecord(options)) return refusal("invalid_value", "stream_options has to be an object", { param: "stream_options" });
  if (!isAbsent(n) && !isCount(n, MOST_CHOICES)) return refusal("invalid_value", `n has to be 1 to ${MOST_CHOICES}`, { param: "n" });
  for (const [param, limit] of [["max_tokens", tokens] as const, ["max_completion_tokens", completion] as const])
    if (!isAbsent(limit) && !isCount(limit, MOST_TOKENS)) return refusal("invalid_value", `${param} has to be a positive number`, { param });
  const limits = [tokens, completion].filter((limit) => typeof limit === "number");
  return {
    model,
    stream: stream === true,
    wantsUsage: isRecord(options) && options.include_usage === true,
    choices: typeof n === "number" ? n : 1,
    maxOutput: limits.length === 0 ? null : Math.max(...limits),
  };
}

const MOST_TOKENS = 2 ** 31 - 1;

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function isCount(value: unknown, most: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= most;
}

/** A name that the caller chose, as it may stand in a message. */
function shown(name: string): string {
  return JSON.stringify(name.slice(0, 100)).slice(1, -1);
}
