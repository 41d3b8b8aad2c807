import { WeighbridgeError } from "../errors.ts";

export type AdmissionErrorCode =
  /** The bytes are not those of the digest that was given. */
  | "WB_ADMISSION_UNEXPECTED"
  /** Evidence that deciding again needs was erased or is damaged. */
  | "WB_ADMISSION_NO_EVIDENCE"
  /** There is nothing to approve. */
  | "WB_ADMISSION_NOT_ON_HOLD"
  /** The decision does not wait for a waiver of this policy. */
  | "WB_ADMISSION_NOT_WAITING"
  /** Somebody took the standing of what is to be approved. */
  | "WB_ADMISSION_STANDING_TAKEN"
  /** A file changed while a ticket was checked against it. */
  | "WB_ADMISSION_CHANGED"
  /** There is no trust file to check a ticket against. */
  | "WB_ADMISSION_NO_TRUST"
  /** A status file is not of its form, or not signed by whom the trust file names. */
  | "WB_ADMISSION_BAD_STATUS";

/** An admission ended before there was a decision. */
export class AdmissionError extends WeighbridgeError<AdmissionErrorCode> {}
