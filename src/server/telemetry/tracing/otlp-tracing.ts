import { createTraceState, DiagLogLevel, diag, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, TraceFlags, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { AlwaysOnSampler, BatchSpanProcessor, ParentBasedSampler, TracerProvider } from "@opentelemetry/sdk-trace";
import type { Deployment } from "../../../registry/index.ts";
import { VERSION } from "../../../version.ts";
import { answerAttributes, callAttributes, callName, endAttributes, upstreamAttributes, upstreamName } from "./span-attributes.ts";
import { type TraceContext, traceContextOf, traceHeaders } from "./trace-context.ts";
import type { TracedCall, Tracing } from "./tracing.ts";

export interface OtlpOptions {
  /** Address of an OTLP/HTTP collector, its path included. */
  readonly endpoint: string;
  /** Is told when spans cannot be handed over. Calls go on. */
  readonly report: (what: string) => void;
}

/** Where models and model servers write text into a span, it is cut off here. */
const LONGEST_VALUE = 256;
/** A collector that takes longer loses the batch: nothing is kept for it, and nothing tried again, so that the process can end when it should. */
const EXPORT_MS = 500;
const CLOSE_MS = 500;
const WAITING_SPANS = 2048;

/**
 * A span for each call, and below it one for the work of the model server, in batches to a collector. The client says whether its trace is taken; one that
 * begins here is. Loads the SDK of OpenTelemetry: imported only where somebody collects traces.
 */
export function otlpTracing({ endpoint, report }: OtlpOptions): Tracing {
  const nothing = () => {};
  const logger = { error: report, warn: report, info: nothing, debug: nothing, verbose: nothing };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": "weighbridge", "service.version": VERSION }),
    sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
    spanLimits: { attributeValueLengthLimit: LONGEST_VALUE },
    spanProcessors: [
      new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: endpoint, timeoutMillis: EXPORT_MS }), maxQueueSize: WAITING_SPANS }),
    ],
  });
  const tracer = provider.getTracer("weighbridge.gateway", VERSION);
  return {
    begin: (call) => {
      const { surface, traceparent, tracestate } = call;
      const parent = parentOf(traceContextOf(traceparent, tracestate));
      const span = tracer.startSpan(callName(surface), { kind: SpanKind.SERVER, attributes: callAttributes(call) }, parent);
      const below = trace.setSpan(ROOT_CONTEXT, span);
      return tracedCall(span, (deployment) => {
        const attributes = upstreamAttributes(surface, deployment);
        return tracer.startSpan(upstreamName(surface, deployment), { kind: SpanKind.CLIENT, attributes }, below);
      });
    },
    close: () =>
      within(
        CLOSE_MS,
        provider.shutdown().catch((error: unknown) => report(error instanceof Error ? error.message : String(error))),
      ),
  };
}

function tracedCall(span: Span, startUpstream: (deployment: Deployment) => Span): TracedCall {
  let upstream: Span | null = null;
  return {
    asks: (deployment) => {
      upstream = startUpstream(deployment);
      return headersOf(upstream);
    },
    ends: (call) => {
      const status = { code: call.record.outcome === "failed" ? SpanStatusCode.ERROR : SpanStatusCode.UNSET };
      upstream?.setAttributes(answerAttributes(call)).setStatus(status).end();
      span.setAttributes(endAttributes(call)).setStatus(status).end();
    },
  };
}

function parentOf(context: TraceContext | null) {
  if (context === null) return ROOT_CONTEXT;
  const { traceId, spanId, sampled, state } = context;
  const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags,
    isRemote: true,
    ...(state === null ? {} : { traceState: createTraceState(state) }),
  });
}

function headersOf(span: Span): readonly string[] {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  return traceHeaders({ traceId, spanId, sampled: (traceFlags & TraceFlags.SAMPLED) !== 0, state: traceState?.serialize() || null });
}

/** Waits for something that never fails, but not for longer. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
