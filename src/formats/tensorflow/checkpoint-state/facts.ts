export interface CheckpointStateFacts {
  /** Paths of checkpoints, in order, the first MAX_PATHS. */
  readonly paths: readonly CheckpointPath[];
  /** Fields that the message does not have. */
  readonly unknown: readonly string[];
}

export interface CheckpointPath {
  readonly field: string;
  /** Hostile text. */
  readonly path: string;
  readonly at: number;
}
