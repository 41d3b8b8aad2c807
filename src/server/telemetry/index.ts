export { observeCalls } from "./call-observer.ts";
export { logRequest } from "./log-requests.ts";
export { createLogger, type Logger, standardErrorLog } from "./logger.ts";
export { createMetrics, type Metrics, type Readings } from "./metrics/index.ts";
export { openTracing } from "./tracing/open-tracing.ts";
