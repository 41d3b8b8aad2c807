import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { VERSION } from "../../../version.ts";
import { type Append, auditMetrics } from "./audit-metrics.ts";
import { callMetrics, type MeasuredCall } from "./call-metrics.ts";
import { boundedValues } from "./label-values.ts";
import { type Readings, readingMetrics } from "./readings.ts";

/** A request to console or API that was answered. */
export interface MeasuredRequest {
  readonly method: string;
  /** The pattern of the route, such as `/api/v1/artifacts/:digest`; null: there is none. Never the path that was asked for. */
  readonly route: string | null;
  readonly status: number;
  readonly durationMs: number;
}

/** What an operator collects. */
export interface Metrics {
  /** A call of the gateway is over. */
  called(call: MeasuredCall): void;
  requested(request: MeasuredRequest): void;
  /** How long after a revocation was acknowledged the gateway knew of it. */
  revocationTookEffect(afterMs: number): void;
  /** The same way to write records, watched. */
  watchedAudit(append: Append): Append;
  /** All of it, in the text format of Prometheus. */
  text(): Promise<string>;
  readonly contentType: string;
}

const REQUEST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** A revocation has to stop new requests within one second. */
const REVOCATION_SECONDS = [0.05, 0.1, 0.25, 0.5, 0.75, 1, 2, 5, 10];
const MOST_ROUTES = 200;
const MOST_METHODS = 10;

/** Begins to count. Names and labels are public: docs/how-to/configure.md says which to watch. */
export function createMetrics(readings: Readings): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Gauge({ name: "weighbridge_build_info", help: "Always 1.", labelNames: ["version", "node"], registers }).set(
    { version: VERSION, node: process.version },
    1,
  );
  const requests = new Histogram({
    name: "weighbridge_server_request_duration_seconds",
    help: "Requests to console and API, until they were answered.",
    labelNames: ["method", "route", "status"],
    buckets: REQUEST_SECONDS,
    registers,
  });
  const revocations = new Histogram({
    name: "weighbridge_revocation_effect_seconds",
    help: "From the acknowledgement of a revocation until the gateway refused the model.",
    buckets: REVOCATION_SECONDS,
    registers,
  });
  readingMetrics(registry, readings);
  const routed = boundedValues(/^\/[\w/{}:.*-]{0,127}$/, MOST_ROUTES);
  const methodOf = boundedValues(/^[A-Z]{3,7}$/, MOST_METHODS);
  return {
    called: callMetrics(registry),
    requested: ({ method, route, status, durationMs }) =>
      requests.observe({ method: methodOf(method), route: route === null ? "none" : routed(route), status }, durationMs / 1000),
    revocationTookEffect: (afterMs) => revocations.observe(afterMs / 1000),
    watchedAudit: auditMetrics(registry),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
