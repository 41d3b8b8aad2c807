import { WeighbridgeError } from "../errors.ts";

export type PolicyErrorCode = "WB_POLICY_READ" | "WB_POLICY_PARSE" | "WB_POLICY_INVALID" | "WB_POLICY_CASES";

/** A policy set or its cases cannot be used. Exit code 2; nothing is decided. */
export class PolicyError extends WeighbridgeError<PolicyErrorCode> {}
