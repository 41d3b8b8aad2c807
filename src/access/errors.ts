import { WeighbridgeError } from "../errors.ts";

export type AccessErrorCode =
  /** Policy does not let this principal do this. */
  | "WB_ACCESS_DENIED"
  /** A token would be able to do more than the one who makes it. */
  | "WB_ACCESS_ESCALATION";

/** Somebody asked for what is not theirs to do. */
export class AccessError extends WeighbridgeError<AccessErrorCode> {}
