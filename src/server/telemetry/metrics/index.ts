export type { MeasuredCall } from "./call-metrics.ts";
export { createMetrics, type MeasuredRequest, type Metrics } from "./metrics.ts";
export type { Counts, Readings } from "./readings.ts";
