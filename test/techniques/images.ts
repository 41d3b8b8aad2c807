import type { Files, Technique } from "./technique.ts";

type Document = { readonly [key: string]: unknown } | readonly unknown[];

const HEX = "a1".repeat(32);
const json = (document: Document, name = "manifest.json"): Files => ({ [name]: JSON.stringify(document) });
const saved = (...Layers: readonly string[]): Files => json([{ Config: `${HEX}.json`, RepoTags: ["x:latest"], Layers }]);
const descriptor = (more: Document = {}) => ({
  mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
  digest: `sha256:${HEX}`,
  size: 10,
  ...more,
});
const manifest = (more: Document): Files =>
  json({ schemaVersion: 2, config: descriptor({ mediaType: "application/vnd.oci.image.config.v1+json" }), layers: [descriptor(more)] });
const titled = (title: string) => manifest({ annotations: { "org.opencontainers.image.title": title } });

const leading = (title: string, files: Files, names: string, nearMiss: Files): Technique => ({
  number: 82,
  title,
  files,
  least: "block",
  names,
  nearMiss,
});

/** Manifests of images that name files of the machine where a blob of the layout is meant. */
export const IMAGE_TECHNIQUES: readonly Technique[] = [
  leading("a layer that is an absolute path", saved("/etc/passwd"), "/etc/passwd", saved(`${HEX}/layer.tar`)),
  leading("a layer that leads out of the image", saved("x/../../../root/.ssh/id_rsa"), "id_rsa", saved(`blobs/sha256/${HEX}`)),
  leading("a layer on a drive of Windows", saved("C:\\x\\layer.tar"), "layer.tar", saved(`${HEX}/layer.tar`)),
  leading("a digest that is a path", manifest({ digest: "sha256:../../../etc/passwd" }), "/etc/passwd", manifest({})),
  leading(
    "a digest of Ollama that is a path",
    manifest({ digest: "sha256-../../../../etc/ld.so.preload" }),
    "ld.so.preload",
    manifest({ digest: `sha256:${HEX}` }),
  ),
  leading("a title under which a layer is written over a file of the user", titled("../../.bashrc"), ".bashrc", titled("model.gguf")),
  {
    number: 82,
    title: "a layer that is fetched from an address",
    files: manifest({ urls: ["https://x.example/layer.tar.gz"] }),
    least: "review",
    names: "x.example",
    nearMiss: manifest({ urls: [] }),
  },
];
