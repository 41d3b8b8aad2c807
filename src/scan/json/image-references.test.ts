import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { examinedJson } from "../../../test/examined.ts";
import { bytesOf } from "../../bytes.ts";
import type { Json } from "../../json.ts";
import { DEFAULT_LIMITS } from "../../limits.ts";
import { walkFile } from "../walk.ts";

async function examine(document: Json, path = "index.json") {
  const { findings, unexamined, references } = await examinedJson(document, path);
  return { said: [...findings.map(({ rule, severity }) => `${severity} ${rule}`), ...unexamined], references };
}
const HEX = "ab".repeat(32);
const descriptor = (more: Record<string, Json> = {}) => ({
  mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
  digest: `sha256:${HEX}`,
  size: 3,
  ...more,
});
const manifest = (layer: Json): Json => ({ schemaVersion: 2, config: descriptor(), layers: [layer] });

describe("documents of images that are inert", () => {
  it.each<[string, Json]>([
    ["oci-layout", { imageLayoutVersion: "1.0.0" }],
    ["an index", { schemaVersion: 2, manifests: [descriptor({ annotations: { "org.opencontainers.image.ref.name": "latest" } })] }],
    ["a manifest", manifest(descriptor())],
    [
      "a manifest with titles, as ORAS writes it",
      manifest(descriptor({ annotations: { "org.opencontainers.image.title": "weights/model.safetensors" } })),
    ],
    [
      "a manifest of an artifact with an empty config",
      { schemaVersion: 2, artifactType: "application/x", config: descriptor({ data: "e30=" }), layers: [] },
    ],
    [
      "a manifest of Ollama",
      { schemaVersion: 2, mediaType: "application/vnd.docker.distribution.manifest.v2+json", config: descriptor(), layers: [descriptor()] },
    ],
    ["docker save", [{ Config: `${HEX}.json`, RepoTags: ["x:latest"], Layers: [`${HEX}/layer.tar`] }]],
    ["docker save of today", [{ Config: `blobs/sha256/${HEX}`, RepoTags: null, Layers: [`blobs/sha256/${HEX}`] }]],
    [
      "an image configuration",
      { architecture: "amd64", os: "linux", config: { Cmd: ["/bin/sh"] }, rootfs: { type: "layers", diff_ids: [`sha256:${HEX}`] } },
    ],
    ["names of layers of a network", { model_type: "x", layers: ["/conv1/Conv", "dense", "/a/b.weight"] }],
  ])("%s", async (_, document) => {
    expect((await examine(document)).said.filter((each) => !each.startsWith("info"))).toEqual([]);
  });
});

describe("#82 references that lead out of the image", () => {
  it.each<[string, Json]>([
    ["an absolute layer of docker save", [{ Config: "a.json", RepoTags: [], Layers: ["/etc/passwd"] }]],
    ["a layer of docker save upwards", [{ Config: "a.json", RepoTags: [], Layers: ["x/../../../root/.ssh/id_rsa"] }]],
    ["a configuration of docker save upwards", [{ Config: "../../a.json", RepoTags: [], Layers: [] }]],
    ["a Windows layer", [{ Config: "a.json", RepoTags: [], Layers: ["C:\\x\\layer.tar"] }]],
    ["a digest that is a path", manifest(descriptor({ digest: "sha256:../../../etc/passwd" }))],
    ["a digest that is an absolute path", { schemaVersion: 2, manifests: [descriptor({ digest: "/etc/passwd" })] }],
    ["a title upwards", manifest(descriptor({ annotations: { "org.opencontainers.image.title": "../../.bashrc" } }))],
    ["an absolute title", manifest(descriptor({ annotations: { "org.cncf.model.filepath": "/etc/cron.d/x" } }))],
    ["a plain list of layers", { layers: ["ok.tar.gz", "../../../host/secret.tar.gz"] }],
    ["an absolute layer in a plain list", { layers: ["/var/lib/x.tar.gz"] }],
  ])("%s", async (_, document) => {
    const { said } = await examine(document);
    expect(said.filter((each) => each.startsWith("high"))).toEqual(["high oci-path"]);
  });

  it("an address of a layer is fetched from elsewhere", async () => {
    expect((await examine(manifest(descriptor({ urls: ["https://x.example/l.tar.gz"] })))).said).toEqual([
      "medium oci-foreign-layer",
      "info config-address",
    ]);
  });
});

describe("blobs that have to be there", () => {
  it("as seen from the index, and from a manifest among the blobs", async () => {
    expect((await examine({ schemaVersion: 2, manifests: [descriptor()] }, "image/index.json")).references).toEqual([
      { kind: "shard", target: `blobs/sha256/${HEX}` },
    ]);
    expect((await examine(manifest(descriptor()), `blobs/sha256/${HEX}`)).references).toEqual([
      { kind: "shard", target: HEX },
      { kind: "shard", target: HEX },
    ]);
  });

  it("near misses: a manifest alone, and one inside of an archive", async () => {
    expect((await examine(manifest(descriptor()), "manifest.json")).references).toEqual([]);
    expect((await examine(manifest(descriptor()), `image.tar!/blobs/sha256/${HEX}`)).references).toEqual([]);
  });
});

describe("a layout in a tar, as docker save writes it", () => {
  const walk = async (name: string) => {
    const bytes = readFileSync(new URL(`../../../test/fixtures/oci/${name}`, import.meta.url));
    return (await walkFile(name, bytesOf(bytes), DEFAULT_LIMITS, () => {})).findings.map(
      ({ severity, rule, where }) => `${severity} ${rule} ${where.path}`,
    );
  };

  it("of inert files passes", async () => {
    expect(await walk("image.tar")).toEqual([]);
  });

  it("#70 a pickle in a file in a packed layer is found", async () => {
    expect(await walk("evil.tar")).toEqual([
      expect.stringMatching(/^critical pickle-callable evil\.tar!\/blobs\/sha256\/[0-9a-f]{64}!\/data!\/models\/x\.pkl$/),
    ]);
  });
});
