import { assemble, call } from "../fixtures/pickle/assemble.ts";
import { externalTensor, initializer, onnxOf } from "../fixtures/protobuf/onnx.ts";
import { GgufEncoder, type GgufParts, ggufOf, npyOf, safetensorsOf, withHeader } from "../fixtures/tensors/writers.ts";
import type { Files } from "../techniques/technique.ts";
import type { RuleExample } from "./example.ts";

const OLD_PICKLE = "cos\nsystem\n(S'true'\ntR.";

const safetensors = (bytes: Uint8Array): Files => ({ "model.safetensors": bytes });
const a = { name: "a", begin: 0, end: 16 };
const b = { name: "b", begin: 16, end: 24 };
const ordinary = safetensors(safetensorsOf([a, b]));
const described = (members: string) => safetensors(withHeader(`{${members}}`, Buffer.alloc(16)));
const SIXTEEN = '"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}';

const SAFETENSORS_EXAMPLES: readonly RuleExample[] = [
  {
    rule: "safetensors-overlap",
    severity: "medium",
    fires: { what: "Two tensors that share eight bytes.", files: safetensors(safetensorsOf([a, { ...b, begin: 8 }])) },
    silent: { what: "Two tensors one behind the other.", files: ordinary },
  },
  {
    rule: "safetensors-unowned-bytes",
    severity: "medium",
    fires: { what: "Two tensors with eight bytes between them.", files: safetensors(safetensorsOf([a, { ...b, begin: 24, end: 32 }])) },
    silent: { what: "Two tensors that own every byte.", files: ordinary },
  },
  {
    rule: "safetensors-duplicate-key",
    severity: "medium",
    fires: { what: "A header with one tensor twice.", files: described(`${SIXTEEN},${SIXTEEN}`) },
    silent: { what: "A header with each tensor once.", files: described(SIXTEEN) },
  },
  {
    rule: "safetensors-span",
    severity: "medium",
    fires: {
      what: "A tensor of four numbers of 32 bits that claims eight bytes.",
      files: safetensors(safetensorsOf([{ name: "a", dtype: "F32", shape: [4], begin: 0, end: 8 }])),
    },
    silent: { what: "A tensor of four numbers of 32 bits that claims sixteen bytes.", files: described(SIXTEEN) },
  },
  {
    rule: "safetensors-header-text",
    severity: "medium",
    fires: { what: "A header with a control character inside a name.", files: described(SIXTEEN.replace("a", "a\u0001")) },
    silent: { what: "A header with a name in Chinese.", files: described(SIXTEEN.replace("a", "权重")) },
  },
  {
    rule: "safetensors-metadata",
    severity: "medium",
    fires: { what: "Metadata that holds a list.", files: described(`"__metadata__":{"format":["pt"]},${SIXTEEN}`) },
    silent: { what: "Metadata that holds texts.", files: described(`"__metadata__":{"format":"pt"},${SIXTEEN}`) },
  },
  {
    rule: "safetensors-metadata-content",
    severity: "medium",
    fires: {
      what: "Metadata with a pickle of protocol 0 that calls `os.system`.",
      files: described(`"__metadata__":{"note":${JSON.stringify(OLD_PICKLE)}},${SIXTEEN}`),
    },
    silent: { what: "Metadata with a sentence.", files: described(`"__metadata__":{"note":"Trained for (about) 3 h."},${SIXTEEN}`) },
  },
  {
    rule: "safetensors-tensor-name",
    severity: "medium",
    fires: { what: "A tensor called `../../.bashrc`.", files: described(SIXTEEN.replace("a", "../../.bashrc")) },
    silent: { what: "A tensor called `encoder/layer_0/kernel:0`.", files: described(SIXTEEN.replace("a", "encoder/layer_0/kernel:0")) },
  },
  {
    rule: "safetensors-dtype",
    severity: "info",
    fires: { what: "A tensor of the type `F3`, which nobody knows.", files: described(SIXTEEN.replace("F32", "F3")) },
    silent: { what: "A tensor of the type `F32`.", files: described(SIXTEEN) },
  },
];

const e = new GgufEncoder();
const w = { name: "w", dimensions: [8], type: 0, offset: 0 };
const gguf = (parts: GgufParts): Files => ({ "model.gguf": ggufOf({ data: new Uint8Array(32), tensors: [w], ...parts }) });
const two = (offset: number): Files => gguf({ tensors: [w, { ...w, name: "v", offset }], data: new Uint8Array(offset + 32) });

const GGUF_EXAMPLES: readonly RuleExample[] = [
  {
    rule: "gguf-duplicate",
    severity: "medium",
    fires: { what: "A file with one tensor name twice.", files: gguf({ tensors: [w, { ...w, offset: 32 }], data: new Uint8Array(64) }) },
    silent: { what: "A file with two tensors of two names.", files: two(32) },
  },
  {
    rule: "gguf-overlap",
    severity: "medium",
    fires: { what: "Two tensors that lie at one place.", files: two(0) },
    silent: { what: "Two tensors one behind the other.", files: two(32) },
  },
  {
    rule: "gguf-unowned-bytes",
    severity: "medium",
    fires: { what: "A tensor with 68 bytes behind it.", files: gguf({ data: new Uint8Array(100) }) },
    silent: { what: "A tensor at the end of the file.", files: gguf({}) },
  },
  {
    rule: "gguf-tensor",
    severity: "medium",
    fires: { what: "A tensor of five dimensions, where ggml has four.", files: gguf({ tensors: [{ ...w, dimensions: [8, 1, 1, 1, 1] }] }) },
    silent: { what: "A tensor of four dimensions.", files: gguf({ tensors: [{ ...w, dimensions: [8, 1, 1, 1] }] }) },
  },
  {
    rule: "gguf-type",
    severity: "info",
    fires: { what: "A tensor of type 200, which nobody knows.", files: gguf({ tensors: [{ ...w, type: 200 }] }) },
    silent: { what: "A tensor of type 0, 32-bit numbers.", files: gguf({}) },
  },
  {
    rule: "gguf-metadata",
    severity: "medium",
    fires: { what: "A file with an alignment of 3 bytes.", files: gguf({ metadata: [["general.alignment", e.u32Value(3)]] }) },
    silent: { what: "A file with an alignment of 32 bytes.", files: gguf({ metadata: [["general.alignment", e.u32Value(32)]] }) },
  },
  {
    rule: "gguf-metadata-content",
    severity: "medium",
    fires: {
      what: "Metadata with a pickle of protocol 0 that calls `os.system`.",
      files: gguf({ metadata: [["general.notes", e.textValue(OLD_PICKLE)]] }),
    },
    silent: { what: "Metadata with an address.", files: gguf({ metadata: [["general.url", e.textValue("https://example.org/model")]] }) },
  },
];

const npy = (header: string, bytes: number | Uint8Array = 8): Files => ({
  "a.npy": npyOf(header, typeof bytes === "number" ? new Uint8Array(bytes) : bytes),
});
const header = (descr: string) => `{'descr': ${descr}, 'fortran_order': False, 'shape': (1,), }`;

const NPY_EXAMPLES: readonly RuleExample[] = [
  {
    rule: "npy-header-expression",
    severity: "medium",
    fires: { what: "An array whose header is a call of `os.system`.", files: npy("__import__('os').system('true')", 0) },
    silent: { what: "An array whose header is a dictionary.", files: npy(header("'<f8'")) },
  },
  {
    rule: "npy-header",
    severity: "medium",
    fires: { what: "An array whose header has a fourth key.", files: npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'x': 1, }") },
    silent: { what: "An array whose header has the three keys of numpy.", files: npy(header("'<f8'")) },
  },
  {
    rule: "npy-unowned-bytes",
    severity: "medium",
    fires: { what: "An array of one number with a byte behind it.", files: npy(header("'<f8'"), 9) },
    silent: { what: "An array of one number.", files: npy(header("'<f8'")) },
  },
  {
    rule: "npy-object-array",
    severity: "info",
    fires: {
      what: "An array of one Python object, a harmless one.",
      files: npy(header("'|O'"), assemble(["PROTO", 2], call("collections", "OrderedDict"), "STOP")),
    },
    silent: { what: "An array of one number.", files: npy(header("'<f8'")) },
  },
  {
    rule: "npy-dtype",
    severity: "info",
    fires: { what: "An array of the type `|Z8`, which numpy does not have.", files: npy(header("'|Z8'")) },
    silent: { what: "An array of the type `<f8`.", files: npy(header("'<f8'")) },
  },
];

const shard = safetensorsOf([a]);
const index = (target: string, more: object = {}): Files => ({
  "m-1.safetensors": shard,
  "model.safetensors.index.json": JSON.stringify({ metadata: { total_size: 16 }, weight_map: { a: target }, ...more }),
});
const twoFloats = Buffer.from("0000803f0000803f", "hex");
/** A model of ONNX and the file that its only tensor lies in. */
const beside = (entries: Readonly<Record<string, string>>, content: Uint8Array = twoFloats): Files => ({
  "m.onnx": onnxOf([initializer(externalTensor("w", [2], { location: "w.bin", ...entries }))]),
  "w.bin": content,
});

const INDEX_EXAMPLES: readonly RuleExample[] = [
  {
    rule: "index-path-traversal",
    severity: "high",
    fires: { what: "An index that takes a tensor from `../x.safetensors`.", files: index("../x.safetensors") },
    silent: { what: "An index that takes a tensor from the file beside it.", files: index("m-1.safetensors") },
  },
  {
    rule: "index-malformed",
    severity: "medium",
    fires: { what: "An index with a member `auto_map`.", files: index("m-1.safetensors", { auto_map: {} }) },
    silent: { what: "An index with metadata and a map of tensors to files.", files: index("m-1.safetensors") },
  },
  {
    rule: "missing-file",
    severity: "info",
    fires: { what: "An index that takes a tensor from a file which is not there.", files: index("m-2.safetensors") },
    silent: { what: "An index whose files are all there.", files: index("m-1.safetensors") },
  },
  {
    rule: "tensor-data-range",
    severity: "medium",
    fires: { what: "A model whose tensor lies 4096 bytes into a file of eight.", files: beside({ offset: "4096", length: "8" }) },
    silent: { what: "A model whose tensor fills the file beside it.", files: beside({ offset: "0", length: "8" }) },
  },
  {
    rule: "tensor-data-unowned",
    severity: "medium",
    fires: {
      what: "A file of tensor data with eight thousand bytes that no tensor owns.",
      files: beside({ offset: "0", length: "8" }, Buffer.concat([twoFloats, Buffer.alloc(8000, 0x3f)])),
    },
    silent: { what: "A file of tensor data that a tensor owns to its end.", files: beside({ offset: "0", length: "8" }) },
  },
];

export const TENSOR_EXAMPLES: readonly RuleExample[] = [...SAFETENSORS_EXAMPLES, ...GGUF_EXAMPLES, ...NPY_EXAMPLES, ...INDEX_EXAMPLES];
