import { WeighbridgeError } from "../errors.ts";

export type AccessErrorCode =
  /** Policy does not let this principal do this. */
  | "WB_ACCESS_DENIED"
  /** A token would be able to do more than the one who makes it. */
  | "WB_ACCESS_ESCALATION"
  /** No token has this id. */
  | "WB_ACCESS_NO_TOKEN"
  /** Roles are granted to people that an identity provider vouches for, and this is not the id of one. */
  | "WB_ACCESS_NO_PERSON";

/** Somebody asked for what is not theirs to do, or cannot be done to whom they named. */
export class AccessError extends WeighbridgeError<AccessErrorCode> {}
