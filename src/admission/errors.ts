import { WeighbridgeError } from "../errors.ts";

export type AdmissionErrorCode = "WB_ADMISSION_UNEXPECTED" | "WB_ADMISSION_NO_EVIDENCE" | "WB_ADMISSION_NOT_ON_HOLD";

/** An admission ended before there was a decision. */
export class AdmissionError extends WeighbridgeError<AdmissionErrorCode> {}
