import { WeighbridgeError } from "../errors.ts";

export type PolicyErrorCode =
  /** The folder cannot be read, or holds no policy. */
  | "WB_POLICY_READ"
  /** A file is not one Cedar policy with a reason. */
  | "WB_POLICY_PARSE"
  /** A policy reads what the context does not have, compares what has no common type, or can never apply. */
  | "WB_POLICY_INVALID"
  /** The cases beside the policies cannot be read. */
  | "WB_POLICY_CASES";

/** A policy set or its cases cannot be used. Exit code 2; nothing is decided. */
export class PolicyError extends WeighbridgeError<PolicyErrorCode> {}
