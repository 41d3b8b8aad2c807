import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import type { Call } from "./call.ts";
import type { Asked } from "./inference-request.ts";
import { type Refusal, refusal } from "./refusal.ts";
import { StreamRelay } from "./stream-relay.ts";
import { refusalOfFault } from "./upstream-errors.ts";
import { WholeRelay } from "./whole-relay.ts";

/** What takes the body of a model server's answer. */
export interface Relay {
  data(chunk: Buffer): void;
  end(): void;
  /** The answer broke off. */
  fail(reason: Refusal): void;
}

/** What a relay may ask of the exchange that feeds it. */
export interface Flow {
  pause(): void;
  resume(): void;
  abort(): void;
}

/** One request to a model server and its answer, on behalf of a call. After `abort` nothing of it is heard any more. */
export class Exchange implements Dispatcher.DispatchHandler, Flow {
  readonly #call: Call;
  readonly #request: Asked;
  readonly #clientIdleMs: number;
  #controller: Dispatcher.DispatchController | null = null;
  #relay: Relay | null = null;
  #isAborted = false;

  constructor(call: Call, request: Asked, clientIdleMs: number) {
    this.#call = call;
    this.#request = request;
    this.#clientIdleMs = clientIdleMs;
  }

  abort(): void {
    this.#isAborted = true;
    this.#controller?.abort(ABORTED);
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isAborted) {
      controller.abort(ABORTED);
      return;
    }
    // From here on the model may be at work. Of an answer that comes whole nobody sees how much: all that was reserved, until it is there.
    const { inputTokens, stream } = this.#request;
    const output = stream ? 0 : Math.max(0, this.#call.reserved - inputTokens);
    this.#call.usage = () => ({ input: inputTokens, output, source: "counted" });
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200 || this.#isAborted) return; // interim answers say nothing
    const encoding = headers["content-encoding"];
    if (encoding !== undefined && encoding !== "identity") {
      this.#call.fail(refusal("upstream_invalid", "the model server compressed its answer, which was not asked for", { origin: "upstream" }));
      return;
    }
    const isStream = /^text\/event-stream *(;|$)/i.test(headers["content-type"] ?? "");
    this.#relay =
      status === 200 && isStream && this.#request.stream
        ? new StreamRelay(this.#call, this.#request, this, this.#clientIdleMs)
        : new WholeRelay(this.#call, this.#request, status);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#isAborted) this.#relay?.data(chunk);
  }

  onResponseEnd(): void {
    if (!this.#isAborted) this.#relay?.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#isAborted || this.#call.hasEnded) return;
    if (this.#controller === null) this.#call.usage = null;
    (this.#relay ?? this.#call).fail(refusalOfFault(error, this.#relay !== null));
  }
}

/** One for all: its stack says nothing. */
const ABORTED = new Error("the call has ended");
