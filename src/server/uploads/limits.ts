import type { Pace } from "./receive.ts";

/** What uploads may take of this machine. Bytes are those that were announced, whether they came or not. */
export interface UploadLimits {
  /** Of all uploads together, and of those of one principal. */
  readonly maxBytes: number;
  readonly maxBytesPerPrincipal: number;
  readonly maxOpenPerPrincipal: number;
  /** Files that one principal may send at once. */
  readonly maxStreamsPerPrincipal: number;
  /** Bytes that stay free on the disk, whatever is announced. */
  readonly reserveBytes: number;
  /** An upload into which nothing comes for so long is removed. */
  readonly idleMs: number;
  readonly pace: Pace;
}

const GIB = 2 ** 30;

export const DEFAULT_UPLOAD_LIMITS: UploadLimits = {
  maxBytes: 1024 * GIB,
  maxBytesPerPrincipal: 512 * GIB,
  maxOpenPerPrincipal: 8,
  maxStreamsPerPrincipal: 16,
  reserveBytes: 2 * GIB,
  idleMs: 24 * 60 * 60_000,
  pace: { windowMs: 15_000, minBytes: 65_536 },
};
