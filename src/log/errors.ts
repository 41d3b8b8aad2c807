import { WeighbridgeError } from "../errors.ts";

export type LogErrorCode =
  /** An entry is longer than the two-byte length of an entry bundle can say. */
  | "WB_LOG_ENTRY_TOO_LARGE"
  /** The log is smaller than a checkpoint that was signed before: an older copy was restored. */
  | "WB_LOG_SHRUNK"
  /** Tiles, database and signed checkpoints do not describe one tree. */
  | "WB_LOG_DISAGREES"
  /** There are checkpoints or tiles, but no database state to go on from. */
  | "WB_LOG_STATE_LOST"
  /** A stored checkpoint is not signed by this log's key, or is of another origin. */
  | "WB_LOG_WRONG_KEY"
  /** A tile, entry bundle, checkpoint or database of the log is missing, not of its form, or does not fit the others. */
  | "WB_LOG_DAMAGED"
  /** The index or size is not covered by the published checkpoint. */
  | "WB_LOG_NOT_COVERED"
  /** Another process held the database for too long. */
  | "WB_LOG_BUSY"
  /** The log's thread ended or was closed. */
  | "WB_LOG_CLOSED"
  /** A key is not of the form that signed notes need. */
  | "WB_LOG_BAD_KEY"
  /** The log's thread failed in a way that has no code of its own, e.g. a projector refused an entry. */
  | "WB_LOG_APPEND_FAILED";

/** The log could not do what was asked, or refuses to sign. */
export class LogError extends WeighbridgeError<LogErrorCode> {}
