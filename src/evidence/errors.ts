import { WeighbridgeError } from "../errors.ts";

export type EvidenceErrorCode =
  /** A key is not an Ed25519 key of the form that was asked for. */
  | "WB_EVIDENCE_BAD_KEY"
  /** A statement was to be made that its own readers would refuse. */
  | "WB_EVIDENCE_BAD_STATEMENT";

/** Evidence could not be made: misuse or a broken key. What is read from outside is never thrown about; it is a result. */
export class EvidenceError extends WeighbridgeError<EvidenceErrorCode> {}
