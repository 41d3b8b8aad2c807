import type { Manifest, ManifestEntry } from "../artifact/artifact.ts";
import type { Digest } from "../digest.ts";
import { indexIn, list, oneOf, type Read, reading, record, refuse } from "../evidence/fields.ts";
import { LEFT_OUT } from "../left-out.ts";
import type { ReadStore } from "./store.ts";

/** The manifest of a registered artifact; null when its blob was erased or is damaged. */
export async function readManifest(store: ReadStore, artifact: Digest): Promise<Manifest | null> {
  const blob = await store.blobs.get(artifact);
  if (blob.kind !== "found") return null;
  const manifest = parseManifest(JSON.parse(blob.bytes.toString())); // its digest was checked: it is JSON that we wrote
  return manifest.kind === "parsed" ? manifest.value : null;
}

/** Reads a manifest that was parsed as JSON. docs/spec/manifest.md. */
export function parseManifest(value: unknown): Read<Manifest> {
  return reading(() => {
    const whole = record(value, "the manifest", ["schema", "leftOut", "entries"]);
    const leftOut = list(whole.leftOut, "leftOut", LEFT_OUT.length);
    if (LEFT_OUT.some((folder, i) => leftOut[i] !== folder)) refuse(`leftOut is not ${LEFT_OUT.join(", ")}`);
    return {
      schema: oneOf(whole.schema, "schema", ["weighbridge.manifest/1"]),
      leftOut: LEFT_OUT,
      entries: list(whole.entries, "entries", Number.MAX_SAFE_INTEGER).map(entryIn),
    };
  });
}

const TYPES = ["file", "folder-link", "link", "special", "unreadable"] as const;

function entryIn(value: unknown): ManifestEntry {
  const { type: word } = record(value, "an entry", ["path", "type"], ["size", "sha256", "target"]);
  const type = oneOf(word, "type", TYPES);
  if (type === "file") {
    const { path, size, sha256 } = record(value, "a file", ["path", "type", "size", "sha256"]);
    return { path: textIn(path, "path"), type, size: indexIn(size, "size"), sha256: sha256In(sha256) };
  }
  if (type === "folder-link" || type === "link") {
    const { path, target } = record(value, "a link", ["path", "type", "target"]);
    return { path: textIn(path, "path"), type, target: textIn(target, "target") };
  }
  return { path: textIn(record(value, "an entry", ["path", "type"]).path, "path"), type };
}

function textIn(value: unknown, what: string): string {
  return typeof value === "string" ? value : refuse(`${what} is no text`);
}

function sha256In(value: unknown): string {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value) ? value : refuse("sha256 is no SHA-256");
}
