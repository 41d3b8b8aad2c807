import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { writeZip } from "../fixtures/containers/zip-writer.ts";
import { ociLayout } from "../fixtures/oci/layout.ts";
import { assemble, call, global, PAYLOAD, str } from "../fixtures/pickle/assemble.ts";
import { ggufOf, npyOf, safetensorsOf } from "../fixtures/tensors/writers.ts";
import { checkpoint, writeTorch } from "../fixtures/torch/torch-writer.ts";
import type { Files, Technique } from "./technique.ts";

const EVIL = assemble(["PROTO", 2], PAYLOAD, "STOP");
const HONEST = assemble(["PROTO", 2], call("collections", "OrderedDict"), "STOP");
const STATE_DICT = readFileSync(resolve(import.meta.dirname, "../fixtures/torch/state_dict.pkl"));
const ELF = Buffer.concat([Buffer.from("\x7fELF\x02\x01\x01", "latin1"), Buffer.alloc(120)]);

const torch = (change: (members: (readonly [string, Uint8Array | string])[]) => readonly (readonly [string, Uint8Array | string])[]): Files => ({
  "model.pt": writeTorch(change([...checkpoint("model", STATE_DICT)])),
});
const honestTorch = torch((members) => members);
const zip = (...members: Parameters<typeof writeZip>[0]): Files => ({ "weights.zip": writeZip(members) });
const honestZip = zip({ name: "a.pkl", data: HONEST, deflate: true }, { name: "b.pkl", data: HONEST });

function nestedZips(depth: number, pickle: Uint8Array): Uint8Array {
  const innermost = writeZip([{ name: "a.pkl", data: pickle }]);
  return Array.from({ length: depth }).reduce<Uint8Array>((inner) => writeZip([{ name: "a.zip", data: inner }]), innermost);
}

const PROSE = Buffer.from("# A model\n");
/** With some optional fields in the header (RFC 1952, 2.3). */
function gzipWith(flags: number, ...fields: readonly Uint8Array[]): Buffer {
  const plain = gzipSync(PROSE);
  return Buffer.concat([plain.subarray(0, 3), Buffer.from([flags]), plain.subarray(4, 10), ...fields, plain.subarray(10)]);
}

/** A tar member as ustar writes it. */
function tarMember(name: string, type: string, content: Uint8Array = new Uint8Array(), link = ""): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write("0000644\0", 100);
  header.write("0000000\0", 108);
  header.write("0000000\0", 116);
  header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write("00000000000\0", 136);
  header.write("        ", 148);
  header.write(type, 156);
  header.write(link, 157);
  header.write("ustar\0" + "00", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}
const tarOf = (...members: readonly Buffer[]): Buffer => Buffer.concat([...members, Buffer.alloc(1024)]);
const tar = (...members: readonly Buffer[]): Files => ({ "weights.tar": tarOf(...members) });
/** As every Debian has it. */
const DISTRIBUTION = tarOf(tarMember("etc/mtab", "2", new Uint8Array(), "/proc/mounts"), tarMember("bin", "2", new Uint8Array(), "usr/bin"));

/** What archives hide, and how they lie. */
export const CONTAINER_TECHNIQUES: readonly Technique[] = [
  {
    number: 63,
    title: "flag bits that make a reader refuse the member",
    files: zip({ name: "a.pkl", data: EVIL, flags: 0x60 }),
    least: "block",
    names: "os.system",
    nearMiss: zip({ name: "a.pkl", data: HONEST, flags: 0x800 }),
  },
  {
    number: 64,
    title: "a checksum that is wrong",
    files: zip({ name: "a.pkl", data: EVIL, crc32: 1 }),
    least: "block",
    names: "os.system",
    nearMiss: honestZip,
  },
  {
    number: 65,
    title: "another name in the local header",
    files: zip({ name: "readme.md", localName: "a.pkl", data: EVIL }),
    least: "block",
    names: "os.system",
    nearMiss: honestZip,
  },
  {
    number: 66,
    title: "one name twice, evil first",
    files: zip({ name: "a.pkl", data: EVIL }, { name: "a.pkl", data: HONEST }),
    least: "block",
    names: "os.system",
    nearMiss: honestZip,
  },
  {
    number: 66,
    title: "one name twice, evil last",
    files: zip({ name: "a.pkl", data: HONEST }, { name: "a.pkl", data: EVIL }),
    least: "block",
    names: "os.system",
    nearMiss: honestZip,
  },
  {
    number: 67,
    title: "a pickle in the place of a storage",
    files: torch((members) => [...members, ["model/data/7", EVIL]]),
    least: "block",
    names: "os.system",
    nearMiss: honestTorch,
  },
  {
    number: 68,
    title: "a second pickle beside data.pkl",
    files: torch((members) => [...members, ["model/constants.pkl", EVIL]]),
    least: "block",
    names: "os.system",
    nearMiss: torch((members) => [...members, ["model/constants.pkl", assemble(["PROTO", 2], "EMPTY_TUPLE", "STOP")]]),
  },
  {
    number: 69,
    title: "a script before a zip",
    files: { "model.zip": writeZip([{ name: "a.pkl", data: HONEST }], { prefix: Buffer.from("#!/bin/sh\ntrue\n") }) },
    least: "review",
    nearMiss: { "model.zip": writeZip([{ name: "a.pkl", data: HONEST }]) },
  },
  {
    number: 69,
    title: "a pickle behind a safetensors file",
    files: { "model.safetensors": Buffer.concat([safetensorsOf([{ name: "w", begin: 0, end: 16 }]), EVIL]) },
    least: "block",
    names: "os.system",
    nearMiss: { "model.safetensors": safetensorsOf([{ name: "w", begin: 0, end: 16 }]) },
  },
  {
    number: 69,
    title: "a pickle behind a GGUF file",
    files: { "model.gguf": Buffer.concat([ggufOf(), EVIL]) },
    least: "block",
    names: "os.system",
    nearMiss: { "model.gguf": ggufOf() },
  },
  {
    number: 70,
    title: "archives within archives",
    files: { "a.zip": writeZip([{ name: "b.gz", data: gzipSync(writeZip([{ name: "c.pkl", data: EVIL, deflate: true }])) }]) },
    least: "block",
    names: "os.system",
    nearMiss: { "a.zip": writeZip([{ name: "b.gz", data: gzipSync(writeZip([{ name: "c.pkl", data: HONEST, deflate: true }])) }]) },
  },
  {
    number: 71,
    title: "a zip member that leads out",
    files: zip({ name: "../../.bashrc", data: "true\n" }),
    least: "block",
    nearMiss: zip({ name: "a/..b/README.md", data: "# A model\n" }),
  },
  {
    number: 71,
    title: "a link in a tar that leads out",
    files: tar(tarMember("data", "2", undefined, "../../../home")),
    least: "block",
    nearMiss: tar(tarMember("README.md", "0", Buffer.from("# A model\n"))),
  },
  { number: 71, title: "a device in a tar", files: tar(tarMember("null", "3")), least: "review", nearMiss: tar(tarMember("sub/", "5")) },
  {
    number: 72,
    title: "a member that inflates a thousandfold",
    files: zip({ name: "a.bin", data: Buffer.alloc(60_000_000), deflate: true }),
    least: "review",
    nearMiss: {
      "zeros.npz": writeZip([
        { name: "a.npy", data: npyOf("{'descr': '<f8', 'fortran_order': False, 'shape': (100000,), }", Buffer.alloc(800_000)), deflate: true },
      ]),
    },
  },
  {
    number: 73,
    title: "an end record that counts fewer members",
    files: {
      "weights.zip": writeZip(
        [
          { name: "a.pkl", data: HONEST },
          { name: "b.pkl", data: EVIL },
        ],
        { count: 1 },
      ),
    },
    least: "block",
    names: "os.system",
    nearMiss: honestZip,
  },
  {
    number: 74,
    title: "an encrypted member",
    files: zip({ name: "a.pkl", data: Buffer.alloc(40, 0x93), flags: 1 }),
    least: "review",
    nearMiss: honestZip,
  },
  {
    number: 75,
    title: "a compressed stream with something behind its end",
    files: { "model.pkl.gz": Buffer.concat([gzipSync(HONEST), EVIL]) },
    least: "block",
    names: "os.system",
    nearMiss: { "model.pkl.gz": gzipSync(HONEST) },
  },
  {
    number: 77,
    title: "an array of objects",
    files: { "data.npy": npyOf("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", EVIL) },
    least: "block",
    names: "os.system",
    nearMiss: {
      "data.npy": npyOf(
        "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
        assemble(["PROTO", 2], global("collections", "OrderedDict"), "STOP"),
      ),
    },
  },
  {
    number: 78,
    title: "an npz member with two names",
    files: { "data.npz": writeZip([{ name: "a.npy", localName: "../a.pkl", data: EVIL }]) },
    least: "block",
    names: "os.system",
    nearMiss: {
      "data.npz": writeZip([{ name: "a.npy", data: npyOf("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", Buffer.alloc(8)) }]),
    },
  },
  {
    number: 80,
    title: "a pickle under the name of safetensors",
    files: { "model.safetensors": EVIL },
    least: "block",
    names: "os.system",
    nearMiss: { "model.pkl": HONEST },
  },
  { number: 80, title: "a program under the name of weights", files: { "pytorch_model.bin": ELF }, least: "block", nearMiss: honestTorch },
  {
    number: 80,
    title: "a script under the name of a tokenizer's file",
    files: { "tokenizer.json": "#!/bin/sh\ntrue\n" },
    least: "block",
    nearMiss: {
      "tokenizer.json": '{"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"model":{"type":"BPE","vocab":{},"merges":[]}}',
    },
  },
  {
    number: 0,
    title: "a pickle as the extra field of a gzip header",
    files: { "README.md.gz": gzipWith(4, Buffer.from([EVIL.length, 0]), EVIL) },
    least: "block",
    names: "os.system",
    nearMiss: { "README.md.gz": gzipWith(8, Buffer.from("README.md\0")) },
  },
  {
    number: 0,
    title: "a pickle as a frame that readers of zstd skip",
    files: { "README.md.zst": Buffer.concat([Buffer.from([0x50, 0x2a, 0x4d, 0x18, EVIL.length, 0, 0, 0]), EVIL, zstdCompressSync(PROSE)]) },
    least: "block",
    names: "os.system",
    nearMiss: { "README.md.zst": zstdCompressSync(PROSE) },
  },
  {
    number: 67,
    title: "a pickle as a tensor of bytes in safetensors",
    files: { "model.safetensors": safetensorsOf([{ name: "a", begin: 0, end: EVIL.length }], EVIL) },
    least: "block",
    names: "os.system",
    nearMiss: { "model.safetensors": safetensorsOf([{ name: "a", begin: 0, end: 32 }], Buffer.alloc(32, 0x80)) },
  },
  {
    number: 81,
    title: "a pickle in a tar",
    files: tar(tarMember("pickle", "0", EVIL)),
    least: "block",
    names: "os.system",
    nearMiss: tar(tarMember("a.pkl", "0", HONEST)),
  },
  {
    number: 71,
    title: "links out of the folder in an archive that no manifest calls a layer",
    files: { ...ociLayout(tarOf(tarMember("a", "0", Buffer.from("a")))), "weights.tar": DISTRIBUTION },
    least: "block",
    names: "is a link whose target is an absolute path",
    nearMiss: ociLayout(DISTRIBUTION),
  },
  {
    number: 71,
    title: "links out of the folder in the layer of a model, which is no container",
    files: ociLayout(DISTRIBUTION, { config: "application/vnd.kitops.modelkit.config.v1+json" }),
    least: "block",
    names: "is a link whose target is an absolute path",
    nearMiss: { "image.tar": tarOf(...Object.entries(ociLayout(DISTRIBUTION)).map(([name, bytes]) => tarMember(name, "0", bytes))) },
  },
  {
    number: 71,
    title: "links out of the folder in an archive inside of a layer",
    files: ociLayout(tarOf(tarMember("data", "0", DISTRIBUTION))),
    least: "block",
    names: "is a link whose target is an absolute path",
    nearMiss: ociLayout(tarOf(tarMember("README.md", "0", Buffer.from("# A model\n")))),
  },
  {
    number: 71,
    title: "a member of a layer that is written through a link",
    files: ociLayout(tarOf(tarMember("out", "2", undefined, "/etc"), tarMember("out/passwd", "0", Buffer.from("root\n")))),
    least: "block",
    names: "is written through a link",
    nearMiss: ociLayout(tarOf(tarMember("out", "2", undefined, "/etc"))),
  },
  {
    number: 115,
    title: "a budget that runs out",
    files: { "deep.zip": nestedZips(40, EVIL) },
    least: "review",
    nearMiss: { "deep.zip": nestedZips(3, HONEST) },
  },
  {
    number: 116,
    title: "a comment that asks scanners to look away",
    files: { "model.pkl": assemble(["PROTO", 4], str("# nosec # noqa # weighbridge: ignore"), "POP", PAYLOAD, "STOP") },
    least: "block",
    names: "os.system",
    nearMiss: { "model.pkl": assemble(["PROTO", 4], str("# nosec"), "STOP") },
  },
];
