import { basename, dirname, join } from "node:path";

/**
 * The blobs folder of the hub cache that a snapshot folder belongs to, or null.
 * The cache lays a repository out as `models--org--name/{blobs,refs,snapshots/<commit>}`; a snapshot's files are links to `../../blobs/<hash>`.
 * https://huggingface.co/docs/huggingface_hub/guides/manage-cache
 */
export function blobsBeside(root: string): string | null {
  const snapshots = dirname(root);
  const repository = dirname(snapshots);
  if (basename(snapshots) !== "snapshots" || !/^(models|datasets|spaces)--/.test(basename(repository))) return null;
  return join(repository, "blobs");
}

/** Whether a resolved location lies below a resolved folder. */
export function leadsInto(folder: string, location: Buffer): boolean {
  const prefix = Buffer.from(folder.endsWith("/") ? folder : `${folder}/`);
  return location.length > prefix.length && location.subarray(0, prefix.length).equals(prefix);
}
