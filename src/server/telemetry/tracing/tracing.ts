import type { BegunCall, EndedCall } from "../../../gateway/observer.ts";
import type { Deployment } from "../../../registry/index.ts";
import { traceContextOf, traceHeaders } from "./trace-context.ts";

/** Makes a trace of calls, or hands on the one that clients are in. */
export interface Tracing {
  begin(call: BegunCall): TracedCall;
  /** Sends what waits, for half a second at most. Never rejects. */
  close(): Promise<void>;
}

export interface TracedCall {
  /** The model server is asked. Yields the headers that tell it of the trace. */
  asks(deployment: Deployment): readonly string[];
  ends(call: EndedCall): void;
}

/** What is done where nobody collects traces: a model server still hears of the trace that a client is in. */
export const UNTRACED: Tracing = {
  begin: ({ traceparent, tracestate }) => {
    const context = traceContextOf(traceparent, tracestate);
    return { asks: () => (context === null ? [] : traceHeaders(context)), ends: () => {} };
  },
  close: async () => {},
};
