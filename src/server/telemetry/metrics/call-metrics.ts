import { Counter, Histogram, type Registry } from "prom-client";
import type { CallRecord } from "../../../audit/record.ts";
import { boundedValues } from "./label-values.ts";

/** A call that is over. */
export interface MeasuredCall {
  readonly record: CallRecord;
  /** The name that an administrator gave it; null where none was reached. What a client asked for is never a label. */
  readonly deployment: string | null;
  /** Until the first bytes of the answer went out; null: there were none. */
  readonly firstByteMs: number | null;
}

/**
 * Seconds. Doubling from 10 ms, as OpenTelemetry's GenAI conventions advise for whole operations, with shorter ones for refusals and longer ones for slow
 * models.
 */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92, 163.84, 327.68];
const MOST_DEPLOYMENTS = 500;
const MOST_CODES = 100;

/** Yields what counts a call. */
export function callMetrics(registry: Registry): (call: MeasuredCall) => void {
  const registers = [registry];
  const calls = new Counter({
    name: "weighbridge_gateway_calls_total",
    help: "Calls of known principals that are over. outcome: allowed, refused, limited (rates and budgets), failed, abandoned. code: what the client was told.",
    labelNames: ["deployment", "surface", "outcome", "code"],
    registers,
  });
  const durations = new Histogram({
    name: "weighbridge_gateway_call_duration_seconds",
    help: "From the first byte of a call to its end.",
    labelNames: ["deployment", "surface", "outcome"],
    buckets: SECONDS,
    registers,
  });
  const firstBytes = new Histogram({
    name: "weighbridge_gateway_first_byte_seconds",
    help: "From the first byte of a call to the first byte of its answer.",
    labelNames: ["deployment", "surface"],
    buckets: SECONDS,
    registers,
  });
  const tokens = new Counter({
    name: "weighbridge_gateway_tokens_total",
    help: "Tokens of models. direction: input, output. source: upstream, or counted by the gateway where the model server did not say.",
    labelNames: ["deployment", "direction", "source"],
    registers,
  });
  const named = boundedValues(/^[A-Za-z0-9][A-Za-z0-9._/:@-]{0,127}$/, MOST_DEPLOYMENTS);
  const coded = boundedValues(/^[A-Za-z0-9_]{1,64}$/, MOST_CODES);
  return ({ record, deployment: name, firstByteMs }) => {
    const deployment = name === null ? "none" : named(name);
    const { surface, outcome, usage, inputTokens, outputTokens } = record;
    calls.inc({ deployment, surface, outcome, code: record.code === null ? "none" : coded(record.code) });
    durations.observe({ deployment, surface, outcome }, record.durationMs / 1000);
    if (firstByteMs !== null) firstBytes.observe({ deployment, surface }, firstByteMs / 1000);
    if (usage === null) return;
    tokens.inc({ deployment, direction: "input", source: usage }, inputTokens ?? 0);
    tokens.inc({ deployment, direction: "output", source: usage }, outputTokens ?? 0);
  };
}
