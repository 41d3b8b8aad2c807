import { WeighbridgeError } from "../errors.ts";

export type RegistryErrorCode =
  /** The data directory cannot be made, read or written. */
  | "WB_REGISTRY_DATA"
  /** Other users could read a private key. */
  | "WB_REGISTRY_KEY_MODE"
  /** A key file is missing or not of its form. */
  | "WB_REGISTRY_KEY_LOST"
  /** An id names nothing. */
  | "WB_REGISTRY_NOT_FOUND"
  /** A prefix names more than one thing. */
  | "WB_REGISTRY_AMBIGUOUS"
  /** There is nothing to approve. */
  | "WB_REGISTRY_NOT_ON_HOLD"
  /** The policy is to be waived by another role. */
  | "WB_REGISTRY_WRONG_ROLE"
  /** An act that needs a reason has none. */
  | "WB_REGISTRY_NO_REASON"
  /** An artifact has no standing that could be taken, or none that was taken and could be given back. */
  | "WB_REGISTRY_NO_STANDING"
  /** The end of something does not lie after its beginning. */
  | "WB_REGISTRY_BAD_TIME"
  /** A name cannot be an alias: it would be taken for a digest, or holds unfit characters. */
  | "WB_REGISTRY_BAD_ALIAS"
  /** A name cannot be that of a deployment: clients could not write it as `model`. */
  | "WB_REGISTRY_BAD_NAME"
  /** What was to be recorded does not fit together: a digest is not that of what came with it. */
  | "WB_REGISTRY_MISMATCH"
  /** A decision was made by a policy set that the log has not heard of. */
  | "WB_REGISTRY_POLICY_SET"
  /** A statement is too large for an entry of the log. */
  | "WB_REGISTRY_ENTRY_TOO_LARGE"
  /** The log's rules for entries do not admit this one. */
  | "WB_REGISTRY_ENTRY_REFUSED";

/** The registry could not do what was asked. */
export class RegistryError extends WeighbridgeError<RegistryErrorCode> {}
