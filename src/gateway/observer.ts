import type { CallRecord } from "../audit/record.ts";
import type { Deployment } from "../registry/index.ts";

/** Who watches calls from outside: for traces, and for times that a record does not tell. Decides nothing, waits for nothing and never throws. */
export interface CallObserver {
  /** A call of somebody who is known has begun. */
  begin(call: BegunCall): CallWatch;
}

export interface BegunCall {
  readonly request: string;
  readonly surface: CallRecord["surface"];
  /** `traceparent` and `tracestate` as the client sent them, null where it sent none or several. */
  readonly traceparent: string | null;
  readonly tracestate: string | null;
}

export interface CallWatch {
  /** A model server is about to be asked. Yields names and values of headers, one behind the other, that go with the request. */
  asks(deployment: Deployment): readonly string[];
  /** The first bytes of an answer go to the client. */
  answers(): void;
  /** The call is over, however it ended. */
  ends(call: EndedCall): void;
}

export interface EndedCall {
  readonly record: CallRecord;
  /** Null: none was reached. */
  readonly deployment: Deployment | null;
  /** What the model server called itself and why it ended: text that anybody may have written. */
  readonly model: string | null;
  readonly finishReasons: readonly string[];
}
