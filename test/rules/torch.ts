import { readFileSync } from "node:fs";
import { writeZip } from "../fixtures/containers/zip-writer.ts";
import { checkpoint, writeTorch } from "../fixtures/torch/torch-writer.ts";
import { linear, lua, Torch7Writer } from "../fixtures/torch7/writer.ts";
import type { Files } from "../techniques/technique.ts";
import type { RuleExample } from "./example.ts";

type Members = ReturnType<typeof checkpoint>;

/** Refers to a storage of 24 bytes and one of 16. */
const PICKLE = readFileSync(new URL("../fixtures/torch/state_dict.pkl", import.meta.url));
const plain = checkpoint("archive", PICKLE);
const torch = (members: Members): Files => ({ "model.pt": writeTorch(members) });
const withStorage = (bytes: Uint8Array) => torch(plain.map(([name, data]) => [name, name === "archive/data/0" ? bytes : data]));

const ARCHIVES: readonly RuleExample[] = [
  {
    rule: "torch-storage-unowned",
    severity: "medium",
    fires: {
      what: "A checkpoint with 40 bytes among its storages that no tensor owns.",
      files: torch([...plain, ["archive/data/2", Buffer.alloc(40, 9)]]),
    },
    silent: { what: "A checkpoint whose tensors own every byte.", files: torch(plain) },
  },
  {
    rule: "torch-storage-short",
    severity: "medium",
    fires: { what: "A checkpoint with 20 bytes for a tensor of 24.", files: withStorage(Buffer.alloc(20, 0x3f)) },
    silent: { what: "A checkpoint with 24 bytes for a tensor of 24.", files: withStorage(Buffer.alloc(24, 0x3f)) },
  },
  {
    rule: "torch-storage-missing",
    severity: "info",
    fires: { what: "A checkpoint without the bytes of one of its tensors.", files: torch(plain.filter(([name]) => name !== "archive/data/1")) },
    silent: { what: "A checkpoint with the bytes of all its tensors.", files: torch(plain) },
  },
];

/** A TorchScript archive with one function, whose body is the line given. */
const script = (line: string): Files => torch([...plain, ["archive/code/__torch__.py", `def f(x: Tensor) -> Tensor:\n  ${line}\n  return x\n`]]);

const SCRIPTS: readonly RuleExample[] = [
  {
    rule: "torchscript-foreign-code",
    severity: "high",
    fires: { what: "TorchScript code that calls `exec`.", files: script("exec('1')") },
    silent: { what: "TorchScript code that adds two tensors.", files: script("a = torch.add(x, x)") },
  },
  {
    rule: "torchscript-file-access",
    severity: "high",
    fires: { what: "TorchScript code that reads `/etc/passwd` into a tensor.", files: script("a = torch.from_file('/etc/passwd', False, 100)") },
    silent: { what: "TorchScript code that makes a tensor of zeros.", files: script("a = torch.zeros([2])") },
  },
  {
    rule: "torchscript-custom-operator",
    severity: "medium",
    fires: { what: "TorchScript code that calls an operator of the library `acme`.", files: script("a = ops.acme.fused(x)") },
    silent: { what: "TorchScript code that calls an operator of torchvision.", files: script("a = ops.torchvision.nms(x, x, 0.5)") },
  },
  {
    rule: "torchscript-unreadable",
    severity: "medium",
    fires: { what: "TorchScript code with a dollar sign, which Python does not have.", files: script("a = x$") },
    silent: { what: "TorchScript code with a dollar sign in a text.", files: script('a = "$"') },
  },
];

/** An archive for TorchServe as torch-model-archiver writes it. */
const mar = (model: Readonly<Record<string, string>>, more: Readonly<Record<string, string>> = {}): Files => ({
  "m.mar": writeZip([
    {
      name: "MAR-INF/MANIFEST.json",
      data: JSON.stringify({ runtime: "python", model: { modelName: "m", modelVersion: "1.0", ...model }, archiverVersion: "0.12.0" }),
      deflate: true,
    },
    ...Object.entries(more).map(([name, data]) => ({ name, data, deflate: true })),
  ]),
});
const ordinaryMar = mar({ handler: "image_classifier", extraFiles: "index_to_name.json" }, { "index_to_name.json": '{"0":"cat"}' });

const TORCHSERVE: readonly RuleExample[] = [
  {
    rule: "mar-handler",
    severity: "medium",
    fires: { what: "An archive for TorchServe that brings `handler.py`.", files: mar({ handler: "handler.py" }) },
    silent: { what: "An archive with the handler `image_classifier` of TorchServe itself.", files: ordinaryMar },
  },
  {
    rule: "mar-path",
    severity: "high",
    fires: { what: "An archive for TorchServe whose handler is `../../../tmp/x.py`.", files: mar({ handler: "../../../tmp/x.py" }) },
    silent: { what: "An archive that names a file inside of itself.", files: ordinaryMar },
  },
];

const torch7 = (bytes: Uint8Array): Files => ({ "model.t7": bytes });
const layer = linear(new Torch7Writer());
const functions = new Torch7Writer();

const TORCH7: readonly RuleExample[] = [
  {
    rule: "torch7-function",
    severity: "high",
    fires: {
      what: 'An object with the Lua function `return io.popen("true")`.',
      files: torch7(functions.table(() => [["f", functions.function(Buffer.from('return io.popen("true")'))]])),
    },
    silent: {
      what: 'An object with the text `return io.popen("true")`.',
      files: torch7(new Torch7Writer().table(() => [["f", lua('return io.popen("true")')]])),
    },
  },
  {
    rule: "torch7-class",
    severity: "medium",
    fires: { what: "An object of the class `acme.Thing`.", files: torch7(new Torch7Writer().object("acme.Thing", () => lua(1))) },
    silent: { what: "An object of the class `nn.Linear`.", files: torch7(layer) },
  },
  {
    rule: "torch7-structure",
    severity: "medium",
    fires: { what: "A layer with words behind it.", files: torch7(Buffer.concat([layer, Buffer.from("words")])) },
    silent: { what: "A layer at the end of the file.", files: torch7(layer) },
  },
];

export const TORCH_EXAMPLES: readonly RuleExample[] = [...ARCHIVES, ...SCRIPTS, ...TORCHSERVE, ...TORCH7];
