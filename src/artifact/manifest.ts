import { createHash } from "node:crypto";
import { type Digest, digestOf } from "../digest.ts";
import { canonicalJson, type Json } from "../json.ts";
import { LEFT_OUT } from "../left-out.ts";
import { byCodePoint } from "../path-encoding.ts";
import type { Artifact, Manifest, ManifestEntry } from "./artifact.ts";

/** Builds the artifact of some entries in any order. `single`: it is one file, not a folder; `foreignNames`: a name is not UTF-8. */
export function artifactOf(entries: readonly ManifestEntry[], tree: { readonly single: boolean; readonly foreignNames: boolean }): Artifact {
  const manifest: Manifest = {
    schema: "weighbridge.manifest/1",
    leftOut: LEFT_OUT,
    entries: entries.toSorted((a, b) => byCodePoint(a.path, b.path)),
  };
  return { digest: digestOf(manifestBytes(manifest)), omsRoot: omsRootOf(manifest, tree), manifest };
}

/** The canonical bytes: RFC 8785 JSON, no newline at the end. docs/spec/manifest.md. */
export function manifestBytes(manifest: Manifest): string {
  return canonicalJson(manifest as unknown as Json); // an interface without an index signature is not assignable to Json
}

const OMS_IGNORED = [".git", ".gitattributes", ".github", ".gitignore"];

/**
 * Root digest of OpenSSF Model Signing v1.0: SHA-256 over the raw digests of all files, ordered by path components, without the top-level git set.
 * Null for a tree that it cannot describe: nothing left to sign, links that are not files, special files, names that are not UTF-8.
 */
export function omsRootOf(manifest: Manifest, tree: { readonly single: boolean; readonly foreignNames: boolean }): Digest | null {
  if (tree.foreignNames || manifest.entries.some((entry) => entry.type !== "file")) return null;
  const files = manifest.entries
    .filter((entry) => entry.type === "file")
    .map((entry) => ({ sha256: entry.sha256, parts: entry.path.split("/").map(decodeURIComponent) }))
    .filter((file) => tree.single || !OMS_IGNORED.includes(file.parts[0] ?? ""))
    .sort((a, b) => byComponents(a.parts, b.parts));
  if (files.length === 0) return null;
  const hash = createHash("sha256");
  for (const file of files) hash.update(Buffer.from(file.sha256, "hex"));
  return `sha256:${hash.digest("hex")}`;
}

function byComponents(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = byCodePoint(a[i] ?? "", b[i] ?? "");
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
