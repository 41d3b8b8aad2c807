import type { Digest } from "../digest.ts";

/**
 * One entry of the canonical manifest. `path` is relative with `/`, each segment written by `encodeSegment`.
 * - `file`: a regular file, or a link that counts as the file that it leads to.
 * - `folder-link`: a link to a folder: recorded, not descended. `link`: any other link: recorded, its target not read.
 * - `special`: a device, socket or pipe, never opened. `unreadable`: a file or folder that could not be read; no ticket can come of it.
 */
export type ManifestEntry =
  | { readonly path: string; readonly type: "file"; readonly size: number; readonly sha256: string }
  | { readonly path: string; readonly type: "folder-link" | "link"; readonly target: string }
  | { readonly path: string; readonly type: "special" | "unreadable" };

/** `weighbridge.manifest/1`: every entry, sorted by code point of `path`. The SHA-256 of its canonical JSON is the artifact's identity. */
export interface Manifest {
  readonly schema: "weighbridge.manifest/1";
  /** Top-level transport folders that are never part of an artifact: always this list, whether they are there or not. */
  readonly leftOut: readonly [".cache/huggingface", ".git"];
  readonly entries: readonly ManifestEntry[];
}

/** What was put on the bridge: a set of files under one digest. */
export interface Artifact {
  readonly digest: Digest;
  /** Root digest of OpenSSF Model Signing over the same tree; null for a tree that it cannot describe. */
  readonly omsRoot: Digest | null;
  readonly manifest: Manifest;
}
