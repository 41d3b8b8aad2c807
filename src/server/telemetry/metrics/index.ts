export { createMetrics, type Metrics } from "./metrics.ts";
export type { Readings } from "./readings.ts";
