import { type Finding, findingOf, type Reference } from "../../finding.ts";
import type { JsonFacts } from "../../formats/json/facts.ts";
import type { ImageReference } from "../../formats/json/image-references.ts";
import type { JsonShapeId } from "../../formats/json/shapes.ts";
import { targetDanger } from "../target-danger.ts";
import { JSON_RULES as RULES } from "./rules.ts";

const MANIFESTS: ReadonlySet<JsonShapeId | null> = new Set<JsonShapeId>(["oci-index", "oci-manifest", "docker-manifest"]);
/** Grammar of a digest (OCI image specification, descriptor.md). */
const DIGEST = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[A-Za-z0-9=_-]+$/;
const BLOB_FOLDER = /^(?:.*\/)?blobs\/sha256\/[^/!]+$/;

/** What a reference of an image manifest makes a client read or write. Lists of files under `layers` are judged in any document. */
export function imageReferences({ shape, images }: JsonFacts, path: string): readonly Finding[] {
  return images.flatMap((reference): readonly Finding[] => {
    if (!MANIFESTS.has(shape) && reference.kind !== "path") return [];
    const { kind, pointer, value, at } = reference;
    const where = { path, offset: at };
    const shown = JSON.stringify(value);
    if (kind === "url")
      return [
        findingOf(RULES.foreignLayer, {
          severity: "medium",
          where,
          title: `${pointer} lets a client fetch the blob from ${shown}`,
          proof: { pointer, value },
        }),
      ];
    const danger = dangerOf(reference);
    return danger === null
      ? []
      : [findingOf(RULES.imagePath, { severity: "high", where, title: `${pointer} is ${shown}, which ${danger}`, proof: { pointer, value } })];
  });
}

function dangerOf({ kind, value }: ImageReference): string | null {
  if (kind === "digest") return value === "" || DIGEST.test(value) ? null : "is no digest";
  return targetDanger(value.replace(/^\.\//, ""));
}

/** The blobs that have to lie in the same layout, as seen from its index or from a blob. */
export function blobReferences({ shape, images }: JsonFacts, path: string): readonly Reference[] {
  const isIndex = shape === "oci-index" && /(?:^|\/)index\.json$/.test(path);
  if (path.includes("!/") || !(isIndex || (MANIFESTS.has(shape) && BLOB_FOLDER.test(path)))) return [];
  return images.flatMap(({ kind, value }): readonly Reference[] => {
    const hex = kind === "digest" ? /^sha256:([0-9a-f]{64})$/.exec(value)?.[1] : undefined;
    return hex === undefined ? [] : [{ kind: "shard", target: isIndex ? `blobs/sha256/${hex}` : hex }];
  });
}
