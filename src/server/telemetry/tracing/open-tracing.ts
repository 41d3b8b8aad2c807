import type { OtlpOptions } from "./otlp-tracing.ts";
import { type Tracing, UNTRACED } from "./tracing.ts";

/** Traces to a collector, where the configuration names one. Nothing of OpenTelemetry is loaded otherwise. */
export async function openTracing({ endpoint, report }: Omit<OtlpOptions, "endpoint"> & { readonly endpoint: string | null }): Promise<Tracing> {
  if (endpoint === null) return UNTRACED;
  const { otlpTracing } = await import("./otlp-tracing.ts");
  return otlpTracing({ endpoint, report });
}
