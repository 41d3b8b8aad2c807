import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { DataClass, Principal } from "../access/principal.ts";
import type { CallRecord } from "../audit/record.ts";
import type { Deployment } from "../registry/index.ts";
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
      this.response.writeHead(200, this.#headers("application/json", bytes.length));
      this.response.end(bytes);
    });
  }

  /** Sends the head of a stream, if that was not done. */
  beginStream(): void {
    if (this.response.headersSent) return;
    this.watch?.answers();
    this.response.writeHead(200, this.#headers("text/event-stream; charset=utf-8", null));
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

  #end(ending: Pick<CallRecord, "outcome" | "status" | "code">, send: () => void): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    void this.#conclude(ending, send);
  }

  async #conclude(ending: Pick<CallRecord, "outcome" | "status" | "code">, send: () => void): Promise<void> {
    try {
      const usage = this.usage?.() ?? null;
      this.reservation?.settle(usage === null ? 0 : usage.input + usage.output);
      const record = this.#record(ending, usage);
      await this.#parts.audit.append(record);
      if (!this.response.destroyed) send();
      this.watch?.ends({ record, deployment: this.deployment, ...this.said });
    } catch (error) {
      this.#report(error);
      if (!this.response.destroyed) this.#sendError(refusal("audit_unavailable", "the record of this call could not be kept"));
    } finally {
      this.#onEnd(this);
    }
  }

  #sendError(reason: Refusal): void {
    const { response } = this;
    if (response.headersSent) response.end(errorEvents(reason, this.id));
    else
      answerRefused(this.request, response, {
        status: CLIENT_ERRORS[reason.code].status,
        body: errorBody(reason, this.id),
        headers: [...this.#headers("application/json", null), ...retryHeaders(reason)],
      });
  }

  #headers(contentType: string, contentLength: number | null): string[] {
    const headers = ["content-type", contentType, "cache-control", "no-store", "x-request-id", this.id];
    if (contentLength !== null) headers.push("content-length", String(contentLength));
    if (this.deployment !== null) headers.push("x-weighbridge-artifact", this.deployment.artifact, "x-weighbridge-level", this.deployment.level);
    if (this.decision !== null) headers.push("x-weighbridge-decision", this.decision.id);
    if (this.stripped.length > 0) headers.push("x-weighbridge-stripped", this.stripped.join(", "));
    if (this.rate !== null) {
      const { limit, remaining, resetMs } = this.rate;
      headers.push("x-ratelimit-limit-requests", String(limit), "x-ratelimit-remaining-requests", String(remaining));
      headers.push("x-ratelimit-reset-requests", `${Math.ceil(resetMs / 1000)}s`);
    }
    const left = this.reservation?.left ?? null;
    if (left !== null) headers.push("x-ratelimit-remaining-tokens", String(left));
    return headers;
  }

  #record({ outcome, status, code }: Pick<CallRecord, "outcome" | "status" | "code">, usage: Usage | null): CallRecord {
    return {
      kind: "call",
      at: this.#at,
      request: this.id,
      principal: this.principal.id,
      team: this.principal.team,
      deployment: this.deployment?.id ?? null,
      artifact: this.deployment?.artifact ?? null,
      level: this.deployment?.level ?? null,
      surface: this.surface,
      dataClass: this.dataClass,
      decision: this.decision?.id ?? null,
      outcome,
      code,
      status,
      streamed: this.streamed,
      inputTokens: usage?.input ?? null,
      outputTokens: usage?.output ?? null,
      usage: usage?.source ?? null,
      durationMs: Math.round(performance.now() - this.#startedMs),
    };
  }
}

/** What the record calls a call that ended with an error. */
function outcomeOf({ code, origin }: Refusal): CallRecord["outcome"] {
  if (code === "rate_limited" || code === "budget_spent") return "limited";
  return origin === "upstream" || CLIENT_ERRORS[code].status >= 500 ? "failed" : "refused";
}

/** What the record says where a client went before it was answered; nginx began it. */
const CLIENT_GONE = 499;
