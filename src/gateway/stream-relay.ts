import type { Call } from "./call.ts";
import { ChatStream } from "./chat-stream.ts";
import type { Flow, Relay } from "./exchange.ts";
import type { Asked } from "./inference-request.ts";
import { type Refusal, refusal } from "./refusal.ts";
import { SseDecoder, type SseTrouble } from "./sse-decoder.ts";

const CR = 0x0d;
const LINE_FEED = Buffer.from("\n");
/** What a model server may send behind its last event before the connection is not worth keeping. */
const MAX_TAIL_BYTES = 64 * 1024;

/**
 * Hands on a stream, event by event, in the bytes that it came in. Only whole events leave, so that an error can follow at any time; nothing is sent
 * before the first, so that an error instead of it is an error for every client. No more is read while the client does not take what there is.
 */
export class StreamRelay implements Relay {
  readonly #call: Call;
  readonly #flow: Flow;
  readonly #clientIdleMs: number;
  readonly #chat: ChatStream;
  readonly #decoder: SseDecoder;
  readonly #sendAll = () => this.#send();
  #isOver = false;
  #tailBytes = 0;
  /** Events that go out next, neighbours in one buffer. */
  #bytes: Buffer | null = null;
  #from = 0;
  #to = 0;
  /** What goes out before them, when all that came in one read of the socket was looked at: one write costs as much as ten events. */
  #pieces: Buffer[] = [];

  constructor(call: Call, request: Asked, flow: Flow, clientIdleMs: number) {
    this.#call = call;
    this.#flow = flow;
    this.#clientIdleMs = clientIdleMs;
    this.#chat = new ChatStream(request);
    this.#decoder = new SseDecoder((data, name, bytes, from, to) => this.#take(data, name, bytes, from, to));
    call.usage = () => this.#chat.usage();
  }

  data(chunk: Buffer): void {
    if (this.#isOver) {
      this.#tailBytes += chunk.length;
      if (this.#tailBytes > MAX_TAIL_BYTES) this.#flow.abort();
      return;
    }
    const waits = this.#pieces.length > 0;
    const trouble = this.#decoder.push(chunk);
    if (this.#isOver) return;
    this.#cutPiece();
    if (trouble !== null) this.fail(refusal("upstream_invalid", `the model server's stream is ${TROUBLE[trouble]}`, { origin: "upstream" }));
    else if (!waits && this.#pieces.length > 0) queueMicrotask(this.#sendAll);
  }

  end(): void {
    if (!this.#isOver) this.fail(refusal("upstream_cut", "the model server ended its answer before it was complete", { origin: "upstream" }));
  }

  fail(reason: Refusal): void {
    this.#send(); // what came before
    this.#isOver = true;
    this.#call.fail(reason);
  }

  /** Yields whether to go on. */
  #take(data: string | null, name: string, bytes: Buffer, from: number, to: number): boolean {
    if (data === "[DONE]") {
      this.#finish();
      return false;
    }
    const seen = data === null ? "forward" : this.#chat.see(data);
    const said =
      seen === "forward" && name === "error" && data !== null ? refusal("upstream_error", "the model server failed", { origin: "upstream" }) : seen;
    if (said === "hide") return true;
    if (said !== "forward") {
      this.fail(said);
      return false;
    }
    if (this.#bytes !== bytes || this.#to !== from) {
      this.#cutPiece();
      this.#bytes = bytes;
      this.#from = from;
    }
    this.#to = to;
    return true;
  }

  #cutPiece(): void {
    const bytes = this.#bytes;
    if (bytes === null) return;
    this.#bytes = null;
    this.#pieces.push(this.#from === 0 && this.#to === bytes.length ? bytes : bytes.subarray(this.#from, this.#to));
    // The LF of a CRLF that was cut in two would stay behind: clients wait for it. After a lone CR it changes nothing.
    if (bytes[this.#to - 1] === CR) this.#pieces.push(LINE_FEED);
  }

  #send(): void {
    this.#cutPiece();
    const pieces = this.#pieces;
    const [first] = pieces;
    if (first === undefined) return;
    this.#pieces = [];
    this.#call.beginStream();
    if (!this.#call.response.write(pieces.length === 1 ? first : Buffer.concat(pieces))) this.#wait();
  }

  #finish(): void {
    const trouble = this.#chat.unfinished();
    if (trouble !== null) {
      this.fail(trouble);
      return;
    }
    this.#send();
    this.#isOver = true;
    this.#call.said = this.#chat.said();
    this.#call.endStream(this.#chat.usageEvent());
  }

  /** Until the client took what waits for it, or too long for anybody to be there. */
  #wait(): void {
    this.#flow.pause();
    const { response } = this.#call;
    const timer = setTimeout(() => this.#call.drop(), this.#clientIdleMs);
    const go = () => {
      clearTimeout(timer);
      response.off("drain", go).off("close", go);
      this.#flow.resume();
    };
    response.on("drain", go).on("close", go);
  }
}

const TROUBLE: Readonly<Record<SseTrouble, string>> = {
  "not-utf8": "not UTF-8",
  "line-too-long": "one line that does not end",
  "event-too-long": "one event that does not end",
};
