import { type Path, pointerOf, type Scalar } from "./events.ts";
import { MAX_KEPT, MAX_TEXT, type Placed } from "./facts.ts";

/**
 * What a manifest of a container image refers to.
 * - `digest`: a blob by its digest (OCI image specification, descriptors).
 * - `path`: a file in the archive (`docker save`), or a layer by its path.
 * - `title`: the file name that a client writes the blob to (ORAS, KitOps, ModelPack).
 * - `url`: where else to fetch the blob from.
 * - `media-type`: of the configuration or of a layer.
 */
export interface ImageReference extends Placed {
  readonly kind: "digest" | "path" | "title" | "url" | "media-type";
}

const DESCRIPTORS: ReadonlySet<string | number> = new Set(["config", "subject", "layers", "manifests", "blobs"]);
const TITLES: ReadonlySet<string | number> = new Set(["org.opencontainers.image.title", "org.cncf.model.filepath"]);
/** What a list of layers names where it names files, and not the layers of a network. */
const FILE = /\.(?:tar|tgz|gz|zst|zip|layer|json)$|(?:^|[\\/])\.\.(?:[\\/]|$)/i;

/** Collects them from any document: whether it is a manifest shows only at its end. */
export class ImageReferences {
  readonly list: ImageReference[] = [];
  dropped = 0;

  see(value: Scalar, path: Path, at: number): void {
    const kind = typeof value === "string" ? kindOf(path, value) : null;
    if (kind === null || typeof value !== "string") return;
    if (this.list.length < MAX_KEPT) this.list.push({ kind, pointer: pointerOf(path).slice(0, MAX_TEXT), value, at });
    else this.dropped++;
  }
}

function kindOf(path: Path, value: string): ImageReference["kind"] | null {
  const [first = "", second = ""] = path;
  const last = path[path.length - 1] ?? "";
  // docker save: [{"Config": "…json", "Layers": ["…/layer.tar"]}]
  if (typeof first === "number" && ((path.length === 2 && second === "Config") || (path.length === 3 && second === "Layers"))) return "path";
  if (path.length === 2 && String(first).toLowerCase() === "layers" && FILE.test(value)) return "path";
  if (path.length === 3 && first === "fsLayers" && last === "blobSum") return "digest";
  if (!DESCRIPTORS.has(first)) return null;
  const inside = typeof second === "number" ? path.slice(2) : path.slice(1);
  if (inside.length === 1 && last === "digest") return "digest";
  if (inside.length === 1 && last === "mediaType" && (first === "config" || first === "layers")) return "media-type";
  if (inside.length === 2 && inside[0] === "urls") return "url";
  return inside.length === 2 && inside[0] === "annotations" && TITLES.has(last) ? "title" : null;
}
