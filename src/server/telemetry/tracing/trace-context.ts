/** Where a call stands in the trace of whoever made it. W3C Trace Context. */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly sampled: boolean;
  /** What tracing systems add for themselves; null: nothing that can be handed on. */
  readonly state: string | null;
}

const PARENT = /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(-.*)?$/;
/** One member of the list. https://www.w3.org/TR/trace-context/#list */
const MEMBER = /^[a-z\d][a-z\d_\-*/]{0,255}(?:@[a-z][a-z\d_\-*/]{0,13})?=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;
const MOST_MEMBERS = 32;
const LONGEST_STATE = 512;

/** Reads what a client sent. Null where it sent nothing, or what is not of the form: then the trace begins here. https://www.w3.org/TR/trace-context/ */
export function traceContextOf(traceparent: string | null, tracestate: string | null): TraceContext | null {
  const [, version, traceId, spanId, flags, rest] = PARENT.exec(traceparent ?? "") ?? [];
  if (traceId === undefined || spanId === undefined || (version === "00" && rest !== undefined)) return null;
  return { traceId, spanId, sampled: (Number.parseInt(flags ?? "0", 16) & 1) === 1, state: stateOf(tracestate) };
}

function stateOf(tracestate: string | null): string | null {
  if (tracestate === null || tracestate.length > LONGEST_STATE) return null;
  const members = tracestate
    .split(",")
    .map((member) => member.trim())
    .filter((member) => member !== "");
  return members.length > 0 && members.length <= MOST_MEMBERS && members.every((member) => MEMBER.test(member)) ? members.join(",") : null;
}

/** Names and values of headers, one behind the other. */
export function traceHeaders({ traceId, spanId, sampled, state }: TraceContext): readonly string[] {
  const parent = ["traceparent", `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`];
  return state === null ? parent : [...parent, "tracestate", state];
}
