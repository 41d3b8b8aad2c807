import { WeighbridgeError } from "../errors.ts";

/** A key is not an Ed25519 key of the form that was asked for. */
export type EvidenceErrorCode = "WB_EVIDENCE_BAD_KEY";

/** Evidence could not be made: misuse or a broken key. What is read from outside is never thrown about; it is a result. */
export class EvidenceError extends WeighbridgeError<EvidenceErrorCode> {}
