import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { DataClass, Principal } from "../access/principal.ts";
import type { CallRecord } from "../audit/record.ts";
import type { Deployment } from "../registry/index.ts";
import { answerHeaders } from "./answer-headers.ts";
import { CLIENT_GONE, callRecord, type Ending, outcomeOf } from "./call-record.ts";
import { CLIENT_ERRORS } from "./client-errors.ts";
import type { CallWatch } from "./observer.ts";
import type { AccessDecision, GatewayParts, RateTaken, Reservation } from "./parts.ts";
import { errorBody, errorEvents, type Refusal, refusal, retryHeaders } from "./refusal.ts";
import { answerRefused } from "./refuse-request.ts";
import type { RequestHead } from "./request-head.ts";
import type { Usage } from "./usage.ts";

type Trace = Pick<RequestHead, "traceparent" | "tracestate">;
const SAID_NOTHING = { model: null, finishReasons: [] };

/** What can be ended while a call waits for it. */
export interface Abortable {
  abort(): void;
}

/**
 * One authenticated call, from its first byte to its last. However it ends, it ends once and in this order: the connection to the model server is let
 * go, the budget is settled, the record is kept, and then the client gets the end of its answer.
 */
export class Call {
  readonly id = `req_${randomUUID()}`;
  readonly principal: Principal;
  readonly surface: CallRecord["surface"];
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  dataClass: DataClass = "restricted";
  deployment: Deployment | null = null;
  decision: AccessDecision | null = null;
  rate: RateTaken | null = null;
  reservation: Reservation | null = null;
  /** Tokens of the reservation. */
  reserved = 0;
  stripped: readonly string[] = [];
  streamed = false;
  /** What was used up to now; null: nothing, or nobody can say. */
  usage: (() => Usage) | null = null;
  exchange: Abortable | null = null;
  /** What the model server called itself, and why its answer ended. */
  said: { readonly model: string | null; readonly finishReasons: readonly string[] } = SAID_NOTHING;
  readonly watch: CallWatch | null;
  readonly #parts: GatewayParts;
  readonly #at: string;
  readonly #startedMs = performance.now();
  readonly #report: (error: unknown) => void;
  readonly #onEnd: (call: Call) => void;
  #hasEnded = false;

  constructor(
    { parts, report }: { readonly parts: GatewayParts; readonly report: (error: unknown) => void },
    { principal, surface, request, response, trace }: Pick<Call, "principal" | "surface" | "request" | "response"> & { readonly trace: Trace },
    onEnd: (call: Call) => void,
  ) {
    this.#parts = parts;
    this.#report = report;
    this.#at = parts.now().toISOString();
    this.principal = principal;
    this.surface = surface;
    this.request = request;
    this.response = response;
    this.#onEnd = onEnd;
    this.watch = parts.observer?.begin({ request: this.id, surface, ...trace }) ?? null;
    response.on("error", () => {}); // the client is gone, which `close` says, too
    response.on("close", () => this.#abandon());
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** The whole answer. */
  answer(body: Buffer | string): void {
    this.#end({ outcome: "allowed", status: 200, code: null }, () => {
      const bytes = typeof body === "string" ? Buffer.from(body) : body;
      this.watch?.answers();
      this.response.writeHead(200, answerHeaders(this, "application/json", bytes.length));
      this.response.end(bytes);
    });
  }

  /** Sends the head of a stream, if that was not done. */
  beginStream(): void {
    if (this.response.headersSent) return;
    this.watch?.answers();
    this.response.writeHead(200, answerHeaders(this, "text/event-stream; charset=utf-8", null));
  }

  /** The end of a stream, the mark of its end included. */
  endStream(tail: string): void {
    this.#end({ outcome: "allowed", status: 200, code: null }, () => this.response.end(`${tail}data: [DONE]\n\n`));
  }

  /** Ends the call with an error: as an answer where none has begun, else as the last events of the stream. */
  fail(reason: Refusal): void {
    if (this.#hasEnded) return;
    this.exchange?.abort();
    const hasBegun = this.response.headersSent;
    const status = hasBegun ? 200 : CLIENT_ERRORS[reason.code].status;
    this.#end({ outcome: outcomeOf(reason), status, code: reason.code }, () => this.#sendError(reason));
  }

  /** Ends the call of a client that does not take its answer. */
  drop(): void {
    this.#abandon();
    this.response.destroy();
  }

  #abandon(): void {
    if (this.#hasEnded) return;
    this.exchange?.abort();
    this.#end({ outcome: "abandoned", status: this.response.headersSent ? 200 : CLIENT_GONE, code: null }, () => {});
  }

  #end(ending: Ending, send: () => void): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    void this.#conclude(ending, send);
  }

  async #conclude(ending: Ending, send: () => void): Promise<void> {
    const usage = this.usage?.() ?? null;
    let record = callRecord(this, { ...ending, at: this.#at, durationMs: Math.round(performance.now() - this.#startedMs) }, usage);
    try {
      this.reservation?.settle(usage === null ? 0 : usage.input + usage.output);
      await this.#parts.audit.append(record);
      if (!this.response.destroyed) send();
    } catch (error) {
      this.#report(error);
      const reason = refusal("audit_unavailable", "the record of this call could not be kept");
      record = { ...record, outcome: "failed", code: reason.code };
      if (!this.response.destroyed) this.#sendError(reason);
    } finally {
      this.#onEnd(this);
      this.watch?.ends({ record, deployment: this.deployment, ...this.said });
    }
  }

  #sendError(reason: Refusal): void {
    const { response } = this;
    if (response.headersSent) response.end(errorEvents(reason, this.id));
    else
      answerRefused(this.request, response, {
        status: CLIENT_ERRORS[reason.code].status,
        body: errorBody(reason, this.id),
        headers: [...answerHeaders(this, "application/json", null), ...retryHeaders(reason)],
      });
  }
}
