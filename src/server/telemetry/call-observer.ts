import type { CallObserver } from "../../gateway/observer.ts";
import { logCall } from "./log-requests.ts";
import type { Logger } from "./logger.ts";
import type { Metrics } from "./metrics/index.ts";
import type { Tracing } from "./tracing/tracing.ts";

export interface ObserverParts {
  readonly metrics: Pick<Metrics, "called">;
  readonly tracing: Tracing;
  readonly logger: Logger;
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number;
}

/** Watches the calls of a gateway: counts and times, a line of the log where one is due, a trace. */
export function observeCalls({ metrics, tracing, logger, clock }: ObserverParts): CallObserver {
  return {
    begin: (call) => {
      const beganAt = clock();
      const traced = tracing.begin(call);
      let firstByteMs: number | null = null;
      return {
        asks: (deployment) => traced.asks(deployment),
        answers: () => {
          firstByteMs ??= clock() - beganAt;
        },
        ends: (ended) => {
          const name = ended.deployment?.name ?? null;
          metrics.called({ record: ended.record, deployment: name, firstByteMs });
          logCall(logger, ended.record, name);
          traced.ends(ended);
        },
      };
    },
  };
}
