import { isUtf8 } from "node:buffer";
import type { Call } from "./call.ts";
import { isRecord } from "./content-rules.ts";
import type { Relay } from "./exchange.ts";
import type { Asked } from "./inference-request.ts";
import { type Refusal, refusal } from "./refusal.ts";
import { errorIn, refusalOfStatus } from "./upstream-errors.ts";
import { countedOutput, usageIn } from "./usage.ts";

/** Embeddings of a large batch come to some megabytes. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;

/** Takes an answer that is not streamed: all of it is read before any of it is handed on, as 200 may be said over an error. */
export class WholeRelay implements Relay {
  readonly #call: Call;
  readonly #request: Asked;
  readonly #status: number;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(call: Call, request: Asked, status: number) {
    this.#call = call;
    this.#request = request;
    this.#status = status;
  }

  data(chunk: Buffer): void {
    this.#bytes += chunk.length;
    this.#chunks.push(chunk);
    if (this.#bytes <= (this.#status === 200 ? MAX_ANSWER_BYTES : MAX_ERROR_BYTES)) return;
    if (this.#status === 200) this.#invalid("sent an answer that is too long");
    else this.#call.fail(refusalOfStatus(this.#status, null));
  }

  end(): void {
    const [first] = this.#chunks;
    const bytes = this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks, this.#bytes);
    const value = isUtf8(bytes) ? parsed(bytes) : undefined;
    const error = this.#status === 200 ? (isRecord(value) ? errorIn(value) : null) : refusalOfStatus(this.#status, value);
    if (error !== null) {
      this.#call.usage = null; // it did not do what was asked
      this.#call.fail(error);
    } else if (!isRecord(value)) this.#invalid("sent no JSON object");
    else if (this.#request.stream) this.#invalid("did not stream");
    else this.#answer(bytes, value);
  }

  fail(reason: Refusal): void {
    this.#call.fail(reason);
  }

  #answer(bytes: Buffer, value: Readonly<Record<string, unknown>>): void {
    const isChat = this.#call.surface !== "embeddings";
    const parts = isChat ? value.choices : value.data;
    if (!Array.isArray(parts) || parts.length === 0) {
      this.#invalid("sent an answer without content");
      return;
    }
    const output = isChat ? countedOutput(0, bytes.length) : 0;
    const usage = usageIn(value.usage) ?? { input: this.#request.inputTokens, output, source: "counted" };
    this.#call.usage = () => usage;
    this.#call.said = { model: typeof value.model === "string" ? value.model : null, finishReasons: isChat ? finishReasonsIn(parts) : [] };
    this.#call.answer(bytes);
  }

  #invalid(what: string): void {
    this.#call.fail(refusal("upstream_invalid", `the model server ${what}`, { origin: "upstream" }));
  }
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}

function finishReasonsIn(choices: readonly unknown[]): readonly string[] {
  return choices.flatMap((choice) => (isRecord(choice) && typeof choice.finish_reason === "string" ? [choice.finish_reason] : []));
}
