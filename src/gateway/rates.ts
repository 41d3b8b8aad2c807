import { RateLimiterMemory } from "rate-limiter-flexible";
import type { RequestRates } from "./parts.ts";

const DEFAULT_REQUESTS_PER_MINUTE = 600;
const MINUTE_SECONDS = 60;

export interface RateOptions {
  /** For a principal with no limit of its own. Default 600. */
  readonly requestsPerMinute?: number;
}

/**
 * Counts the requests of each principal in this process. A minute begins with a principal's first request; refused ones count, too, which changes nothing,
 * as each counts one and the count ends with the minute. Principals are authenticated, and one that asks nothing for a minute is forgotten.
 */
export function requestRates(options: RateOptions = {}): RequestRates {
  const { requestsPerMinute = DEFAULT_REQUESTS_PER_MINUTE } = options;
  // One counter for limits of any size: it only counts, and the limit of the moment is compared here, so that a changed one counts at once.
  const counter = new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: MINUTE_SECONDS });
  return {
    async take(principal) {
      const limit = principal.limits.requestsPerMinute ?? requestsPerMinute;
      const { consumedPoints, msBeforeNext } = await counter.consume(principal.id);
      return {
        limit,
        remaining: Math.max(0, limit - consumedPoints),
        resetMs: msBeforeNext,
        retryAfterMs: consumedPoints > limit ? msBeforeNext : null,
      };
    },
  };
}
