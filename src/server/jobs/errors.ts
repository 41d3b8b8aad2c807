import { WeighbridgeError } from "../../errors.ts";

export type JobErrorCode =
  /** There is no such job. */
  | "WB_JOB_NOT_FOUND"
  /** The principal has as many jobs waiting as it may. */
  | "WB_JOB_TOO_MANY"
  /** A job that has ended cannot be cancelled. */
  | "WB_JOB_ENDED"
  /** A job that was not done has no decision to tell of. */
  | "WB_JOB_NO_DECISION"
  /** The bytes of a job were lost before it ran. */
  | "WB_JOB_NO_BYTES"
  /** The process ended while it ran, more than once. */
  | "WB_JOB_LOST"
  /** It failed by a fault of ours, which the server's own log tells. */
  | "WB_JOB_FAULT";

/** A job cannot do what was asked. */
export class JobError extends WeighbridgeError<JobErrorCode> {}

/** What the API answers with. The other codes are told of a job that failed, never of a request. */
export const JOB_STATUS = {
  WB_JOB_NOT_FOUND: 404,
  WB_JOB_TOO_MANY: 429,
  WB_JOB_ENDED: 409,
  WB_JOB_NO_DECISION: 409,
} as const satisfies Partial<Record<JobErrorCode, number>>;
