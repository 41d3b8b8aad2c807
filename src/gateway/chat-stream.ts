import { isRecord } from "./content-rules.ts";
import { PlainDelta } from "./plain-delta.ts";
import { type Refusal, refusal } from "./refusal.ts";
import { errorIn } from "./upstream-errors.ts";
import { countedOutput, type Usage, usageIn } from "./usage.ts";

export interface StreamRequest {
  readonly choices: number;
  readonly wantsUsage: boolean;
  readonly inputTokens: number;
}

/**
 * Follows the chunks of a streamed chat completion: what each says, whether every choice came to its end, what was used. Clients take a stream that just
 * stops for a whole answer, so that somebody has to know.
 */
export class ChatStream {
  readonly #request: StreamRequest;
  /** Of each choice that began. */
  readonly #ended: boolean[] = [];
  #deltas = 0;
  #chars = 0;
  #usage: Usage | null = null;
  #last: Readonly<Record<string, unknown>> = {};
  readonly #plain = new PlainDelta();
  readonly #finishReasons: string[] = [];

  constructor(request: StreamRequest) {
    this.#request = request;
  }

  /** Takes the data of one event. `hide`: the client did not ask for it. */
  see(data: string): "forward" | "hide" | Refusal {
    const text = this.#plain.textIn(data);
    if (text !== null) {
      this.#countText(text);
      return "forward";
    }
    let chunk: unknown;
    try {
      chunk = JSON.parse(data);
    } catch {
      return invalid("an event that is not JSON");
    }
    if (!isRecord(chunk)) return invalid("an event that is no object");
    const error = errorIn(chunk);
    if (error !== null) return error;
    const { choices } = chunk;
    if (!Array.isArray(choices)) return invalid("an event without choices");
    this.#last = chunk;
    const usage = usageIn(chunk.usage);
    if (usage !== null) this.#usage = usage;
    for (let i = 0; i < choices.length; i++) {
      const trouble = this.#seeChoice(choices[i]);
      if (trouble !== null) return trouble;
    }
    if (choices.length === 1 && usage === null) this.#learn(data, choices[0]);
    return choices.length === 0 && usage !== null && !this.#request.wantsUsage ? "hide" : "forward";
  }

  /** Null when every choice that began has ended; else what to tell the client. */
  unfinished(): Refusal | null {
    if (this.#ended.length === 0) return refusal("upstream_invalid", "the model server sent a stream without an answer", { origin: "upstream" });
    if (this.#ended.every((ended) => ended)) return null;
    return refusal("upstream_cut", "the model server ended its answer before it was complete", { origin: "upstream" });
  }

  /** What the model server called itself, and why each choice ended. */
  said(): { readonly model: string | null; readonly finishReasons: readonly string[] } {
    return { model: typeof this.#last.model === "string" ? this.#last.model : null, finishReasons: this.#finishReasons };
  }

  usage(): Usage {
    return this.#usage ?? { input: this.#request.inputTokens, output: countedOutput(this.#deltas, this.#chars), source: "counted" };
  }

  /** The chunk with the usage, for a client that asked for it, where the model server sent none; it says that it was counted here. */
  usageEvent(): string {
    if (this.#usage !== null || !this.#request.wantsUsage) return "";
    const { input, output } = this.usage();
    const { id = null, created = null, model = null } = this.#last;
    const usage = { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
    const chunk = { id, object: "chat.completion.chunk", created, model, choices: [], usage, weighbridge: { usage: "counted" } };
    return `data: ${JSON.stringify(chunk)}\n\n`;
  }

  #seeChoice(choice: unknown): Refusal | null {
    if (!isRecord(choice)) return invalid("a choice that is no object");
    const index = choice.index ?? 0;
    if (typeof index !== "number" || !Number.isInteger(index) || index < 0 || index >= this.#request.choices)
      return invalid("a choice that was not asked for");
    while (this.#ended.length <= index) this.#ended.push(false);
    if (typeof choice.finish_reason === "string" && choice.finish_reason !== "") {
      if (this.#ended[index] !== true) this.#finishReasons.push(choice.finish_reason);
      this.#ended[index] = true;
    }
    if (isRecord(choice.delta)) this.#countDelta(choice.delta);
    return null;
  }

  /** A delta of a text and nothing else, with which nothing ends. */
  #learn(data: string, { delta, finish_reason: finish }: Readonly<Record<string, unknown>>): void {
    if (!isRecord(delta) || typeof delta.content !== "string" || (finish !== null && finish !== undefined)) return;
    for (const name in delta) if (name !== "content" && name !== "role" && delta[name] !== null) return;
    this.#plain.learn(data, delta.content);
  }

  #countText(text: string): void {
    this.#chars += text.length;
    if (text.length > 0) this.#deltas++;
  }

  #countDelta(delta: Readonly<Record<string, unknown>>): void {
    const before = this.#chars;
    this.#count(delta.content);
    this.#count(delta.reasoning_content ?? delta.reasoning);
    this.#count(delta.refusal);
    if (Array.isArray(delta.tool_calls))
      for (const call of delta.tool_calls) if (isRecord(call) && isRecord(call.function)) this.#count(call.function.arguments);
    if (this.#chars > before) this.#deltas++;
  }

  #count(text: unknown): void {
    if (typeof text === "string") this.#chars += text.length;
  }
}

function invalid(what: string): Refusal {
  return refusal("upstream_invalid", `the model server sent ${what}`, { origin: "upstream" });
}
