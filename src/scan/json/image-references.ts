import { type Finding, findingOf, type Reference } from "../../finding.ts";
import type { JsonFacts } from "../../formats/json/facts.ts";
import type { ImageReference } from "../../formats/json/image-references.ts";
import type { JsonShapeId } from "../../formats/json/shapes.ts";
import { quoted, shown } from "../shown.ts";
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
    if (kind === "media-type") return [];
    const where = { path, offset: at };
    const text = quoted(value);
    if (kind === "url")
      return [
        findingOf(RULES.foreignLayer, {
          severity: "medium",
          where,
          title: `${pointer} lets a client fetch the blob from ${text}`,
          proof: { pointer, value: shown(value) },
        }),
      ];
    const danger = dangerOf(reference);
    return danger === null
      ? []
      : [
          findingOf(RULES.imagePath, {
            severity: "high",
            where,
            title: `${pointer} is ${text}, which ${danger}`,
            proof: { pointer, value: shown(value) },
          }),
        ];
  });
}

function dangerOf({ kind, value }: ImageReference): string | null {
  if (kind === "digest") return value === "" || DIGEST.test(value) ? null : "is no digest";
  return targetDanger(value.replace(/^\.\//, ""));
}

/** The blobs that have to lie in the same layout, as seen from its index or from a blob, and those that are layers of a container. */
export function blobReferences(facts: JsonFacts, path: string): readonly Reference[] {
  return [...neededBlobs(facts, path), ...layers(facts, path)];
}

function neededBlobs({ shape, images }: JsonFacts, path: string): readonly Reference[] {
  const isIndex = shape === "oci-index" && /(?:^|\/)index\.json$/.test(path);
  if (path.includes("!/") || !(isIndex || (MANIFESTS.has(shape) && BLOB_FOLDER.test(path)))) return [];
  return images.flatMap(({ kind, value }): readonly Reference[] => {
    const hex = kind === "digest" ? /^sha256:([0-9a-f]{64})$/.exec(value)?.[1] : undefined;
    return hex === undefined ? [] : [{ kind: "shard", target: isIndex ? `blobs/sha256/${hex}` : hex }];
  });
}

/** What the configuration of a container image is, and the archives that its root folder is made of (OCI image specification, layer.md; Docker, schema 2). */
const IMAGE_CONFIGS: ReadonlySet<string> = new Set(["application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"]);
const ROOT_LAYER =
  /^application\/vnd\.(?:oci\.image\.layer\.(?:nondistributable\.)?v1\.tar(?:\+(?:gzip|zstd))?|docker\.image\.rootfs\.diff\.tar(?:\.gzip|\.zstd)?)$/;

/** How `docker save` and its relatives call them. */
const SAVED_LAYER = /^(?:[0-9a-f]{64}\/layer\.tar|[0-9a-f]{64}\.tar(?:\.gz)?|blobs\/sha256\/[0-9a-f]{64})$/;

/**
 * Archives of which a container's root folder is made: links in them are resolved inside of it. Models are packed with the same manifests, and their
 * archives are unpacked by ordinary tools: what the configuration is tells them apart.
 */
function layers({ shape, images }: JsonFacts, path: string): readonly Reference[] {
  if (shape === "docker-manifest" && /(?:^|\/)manifest\.json$/.test(path))
    return images.flatMap(({ kind, value }): readonly Reference[] =>
      kind === "path" && SAVED_LAYER.test(value) ? [{ kind: "layer", target: value }] : [],
    );
  if (shape !== "oci-manifest" || !BLOB_FOLDER.test(path)) return [];
  const at = new Map(images.map((image) => [`${image.kind} ${image.pointer}`, image.value]));
  if (!IMAGE_CONFIGS.has(at.get("media-type /config/mediaType") ?? "")) return [];
  return images.flatMap(({ kind, pointer, value }): readonly Reference[] => {
    const layer = /^(\/layers\/\d+)\/digest$/.exec(pointer)?.[1];
    const hex = /^sha256:([0-9a-f]{64})$/.exec(value)?.[1];
    if (kind !== "digest" || layer === undefined || hex === undefined) return [];
    return ROOT_LAYER.test(at.get(`media-type ${layer}/mediaType`) ?? "") ? [{ kind: "layer", target: hex }] : [];
  });
}
