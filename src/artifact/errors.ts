import { WeighbridgeError } from "../errors.ts";

export type ArtifactErrorCode =
  | "WB_ARTIFACT_MISSING"
  | "WB_ARTIFACT_EMPTY"
  | "WB_ARTIFACT_UNREADABLE"
  | "WB_ARTIFACT_TOO_MANY"
  | "WB_ARTIFACT_NOT_A_FILE";

/** The artifact could not be put on the bridge at all. Exit code 2. */
export class ArtifactError extends WeighbridgeError<ArtifactErrorCode> {}
