import { folded } from "./member-rules.ts";
import { type Refusal, refusal } from "./refusal.ts";

/** What the messages of a call hold, for counting. */
export interface ContentSize {
  /** Characters of inline media: they are not text that a tokenizer sees. */
  mediaChars: number;
  mediaParts: number;
}

/** Names that lead model servers to a file, an address or something that another caller left. */
const REFERENCE = /ur[li]|path|file|image|audio|video|embed|uuid/;

const MESSAGE_MEMBERS = new Set(["role", "content", "name", "refusal", "tool_calls", "tool_call_id", "function_call", "audio"]);
const TEXT_MEMBERS = new Set(["type", "text", "refusal", "cache_control"]);

/** Parts with media, and where in them it lies. */
const MEDIA_PARTS: Readonly<Record<string, "url" | "data" | "file_data">> = {
  image_url: "url",
  video_url: "url",
  audio_url: "url",
  input_audio: "data",
  file: "file_data",
};

/**
 * Refuses messages that would make the model server fetch something: it stands where callers do not, and llama.cpp would read its own files. Media has
 * to come with the request, as `data:`.
 */
export function referenceIn(messages: unknown, size: ContentSize): Refusal | null {
  if (!Array.isArray(messages)) return refusal("invalid_value", "messages has to be an array", { param: "messages" });
  for (let i = 0; i < messages.length; i++) {
    const trouble = inMessage(messages[i], `messages[${i}]`, size);
    if (trouble !== null) return trouble;
  }
  return null;
}

function inMessage(message: unknown, where: string, size: ContentSize): Refusal | null {
  if (!isRecord(message)) return refusal("invalid_value", `${where} has to be an object`, { param: where });
  for (const name in message) {
    if (MESSAGE_MEMBERS.has(name)) continue;
    const plain = folded(name);
    if (plain === "content" || REFERENCE.test(plain)) return refused(`${where}.${name.slice(0, 100)}`);
  }
  const { content } = message;
  if (!Array.isArray(content)) {
    if (content === undefined || content === null || typeof content === "string") return null;
    return refusal("invalid_value", `${where}.content has to be a string or an array`, { param: `${where}.content` });
  }
  for (let i = 0; i < content.length; i++) {
    const trouble = inPart(content[i], `${where}.content[${i}]`, size);
    if (trouble !== null) return trouble;
  }
  return null;
}

function inPart(part: unknown, where: string, size: ContentSize): Refusal | null {
  if (typeof part === "string") return null;
  if (!isRecord(part)) return refusal("invalid_value", `${where} has to be an object`, { param: where });
  const type = typeof part.type === "string" ? part.type : "text";
  const holder = Object.hasOwn(MEDIA_PARTS, type) ? MEDIA_PARTS[type] : undefined;
  for (const name in part) {
    if (TEXT_MEMBERS.has(name) || (name === type && holder !== undefined)) continue;
    if (REFERENCE.test(folded(name))) return refused(`${where}.${name.slice(0, 100)}`);
  }
  if (holder !== undefined) return inMedia(part[type], holder, `${where}.${type}`, size);
  return REFERENCE.test(folded(type)) ? refused(`${where}.type`) : null;
}

function inMedia(media: unknown, holder: string, where: string, size: ContentSize): Refusal | null {
  const data = typeof media === "string" ? media : isRecord(media) ? media[holder] : undefined;
  const isBare = holder === "data" && typeof data === "string" && BASE64.test(data.slice(0, 256));
  if (typeof data !== "string" || !(isBare || data.startsWith("data:"))) return refused(`${where}.${holder}`);
  if (isRecord(media))
    for (const name in media)
      if (name !== holder && name !== "filename" && REFERENCE.test(folded(name))) return refused(`${where}.${name.slice(0, 100)}`);
  size.mediaChars += data.length;
  size.mediaParts++;
  return null;
}

const BASE64 = /^[A-Za-z0-9+/=_-]*$/;

function refused(param: string): Refusal {
  return refusal("media_url_refused", `${param}: media has to come inside the request, as a data: URL; the model server fetches nothing`, { param });
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
