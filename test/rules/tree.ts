import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { writeZip } from "../fixtures/containers/zip-writer.ts";
import { assemble, call, global, PAYLOAD } from "../fixtures/pickle/assemble.ts";
import { safetensorsOf } from "../fixtures/tensors/writers.ts";
import type { Files } from "../techniques/technique.ts";
import type { RuleExample } from "./example.ts";

const CONFIG = '{"model_type":"bert"}';
const model: Files = { "config.json": CONFIG };
const link =
  (target: string, name = "link.json") =>
  (folder: string) =>
    symlinkSync(target, join(folder, name));
/** Bytes that are no format: a file of them is looked at twice, as others could say what they are. */
const RAW = Buffer.from(Array.from({ length: 999 }, (_, i) => (i * 7919) % 253));

const TREE: readonly RuleExample[] = [
  {
    rule: "link-followed",
    severity: "info",
    fires: { what: "A folder with a link to a file in it.", files: model, arrange: link("config.json") },
    silent: { what: "A folder with a file.", files: model },
  },
  {
    rule: "folder-link",
    severity: "medium",
    fires: { what: "A folder with a link to itself.", files: model, arrange: link(".", "again") },
    silent: { what: "A folder with a folder in it.", files: { ...model, "again/config.json": CONFIG } },
  },
  {
    rule: "foreign-link",
    severity: "medium",
    fires: { what: "A folder with a link to `/etc/passwd`.", files: model, arrange: link("/etc/passwd") },
    silent: { what: "A folder with a link to a file in it.", files: model, arrange: link("config.json") },
  },
  {
    rule: "special-file",
    severity: "medium",
    fires: { what: "A folder with a pipe.", files: model, arrange: (folder) => void execFileSync("mkfifo", [join(folder, "pipe")]) },
    silent: { what: "A folder with a file.", files: model },
  },
  {
    rule: "unreadable",
    severity: "high",
    fires: {
      what: "A folder with a file that the account may not read.",
      files: model,
      arrange: (folder) => chmodSync(join(folder, "config.json"), 0),
      under: "another account",
    },
    silent: { what: "A folder with a file that the account may read.", files: model, under: "another account" },
  },
  {
    rule: "changed-while-read",
    severity: "high",
    fires: {
      what: "A file that grows while it is examined.",
      files: { ...model, "weights.raw": RAW },
      meanwhile: (folder) => appendFileSync(join(folder, "weights.raw"), "more"),
    },
    silent: { what: "A file that stays as it is.", files: model },
  },
];

const EVIL = assemble(["PROTO", 2], PAYLOAD, "STOP");
const HONEST = assemble(["PROTO", 2], call("collections", "OrderedDict"), "STOP");
const honestZip = writeZip([{ name: "a.pkl", data: HONEST }]);
const nested = (depth: number): Files => ({
  "deep.zip": Array.from({ length: depth }).reduce<Uint8Array>((inner) => writeZip([{ name: "a.zip", data: inner }]), honestZip),
});
const tensors = safetensorsOf([{ name: "w", begin: 0, end: 16 }]);
/** An ELF header without tables. */
const ELF = Buffer.concat([Buffer.from("\x7fELF\x02\x01\x01", "latin1"), Buffer.alloc(9), Buffer.from([3, 0, 62, 0]), Buffer.alloc(44)]);
const naming = (name: (i: number) => Buffer): Files => ({
  "model.pkl": assemble(["PROTO", 4], ...Array.from({ length: 300 }, (_, i) => name(i)), "NONE", "STOP"),
});
/** Inflates to more than is kept in memory. */
const LARGE = Buffer.from(JSON.stringify({ model_type: "bert", note: " ".repeat(9_000_000) }));

const WALK: readonly RuleExample[] = [
  {
    rule: "not-examined",
    severity: "medium",
    fires: { what: "A file of bytes that are no known format.", files: { "weights.raw": RAW } },
    silent: { what: "A file of tensors.", files: { "model.safetensors": tensors } },
  },
  {
    rule: "malformed",
    severity: "medium",
    fires: { what: "A file of tensors whose header was cut.", files: { "model.safetensors": tensors.subarray(0, 30) } },
    silent: { what: "A file of tensors that is whole.", files: { "model.safetensors": tensors } },
  },
  {
    rule: "limit-exceeded",
    severity: "medium",
    fires: { what: "A zip archive inside of ten others.", files: nested(10) },
    silent: { what: "A zip archive inside of two others.", files: nested(2) },
  },
  {
    rule: "examiner-failed",
    severity: "medium",
    fires: {
      what: "A large file in gzip, where there is no room for temporary files.",
      files: { "config.json.gz": gzipSync(LARGE) },
      under: "no room for temporary files",
    },
    silent: {
      what: "A small file in gzip, where there is no room either.",
      files: { "config.json.gz": gzipSync(CONFIG) },
      under: "no room for temporary files",
    },
  },
  {
    rule: "polyglot",
    severity: "medium",
    fires: { what: "A pickle with a zip archive behind it.", files: { "model.pt": Buffer.concat([HONEST, honestZip]) } },
    silent: { what: "A zip archive with a pickle in it.", files: { "weights.zip": honestZip } },
  },
  {
    rule: "extension-mismatch",
    severity: "high",
    fires: { what: "A pickle under the name `model.safetensors`.", files: { "model.safetensors": HONEST } },
    silent: { what: "A pickle under the name `pytorch_model.bin`.", files: { "pytorch_model.bin": HONEST } },
  },
  {
    rule: "hidden-content",
    severity: "high",
    fires: {
      what: "A file of tensors with a pickle behind them that calls `os.system`.",
      files: { "model.safetensors": Buffer.concat([tensors, EVIL]) },
    },
    silent: { what: "A file of tensors with nothing behind them.", files: { "model.safetensors": tensors } },
  },
  {
    rule: "empty-file",
    severity: "medium",
    fires: { what: "A file `model.safetensors` without a byte.", files: { "model.safetensors": "" } },
    silent: { what: "A file `__init__.py` without a byte, which says nothing.", files: { ...model, "__init__.py": "" } },
  },
  {
    rule: "findings-cut",
    severity: "low",
    fires: {
      what: "A pickle that names three hundred classes which nobody knows.",
      files: naming((i) => assemble(global("acme", `Class${i}`), "POP")),
    },
    silent: {
      what: "A pickle that names a class of the standard library three hundred times.",
      files: naming(() => assemble(global("collections", "OrderedDict"), "POP")),
    },
  },
  {
    rule: "native-code",
    severity: "medium",
    fires: { what: "A folder with the library `libx.so`.", files: { "libx.so": ELF } },
    silent: { what: "A folder with a configuration.", files: model },
  },
  {
    rule: "executable-disguised",
    severity: "high",
    fires: { what: "A program under the name `pytorch_model.bin`.", files: { "pytorch_model.bin": ELF } },
    silent: { what: "A pickle under the name `pytorch_model.bin`.", files: { "pytorch_model.bin": HONEST } },
  },
];

export const TREE_EXAMPLES: readonly RuleExample[] = [...TREE, ...WALK];
