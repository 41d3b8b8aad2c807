import { readFileSync } from "node:fs";
import { assemble, call, global, PAYLOAD, type Piece, str } from "../fixtures/pickle/assemble.ts";
import { LEGACY_MAGIC, LEGACY_STORAGE, type LegacyParts, writeLegacy } from "../fixtures/torch/legacy-writer.ts";
import { checkpoint, writeTorch } from "../fixtures/torch/torch-writer.ts";
import type { Files, Technique } from "./technique.ts";

const legacy = (parts: LegacyParts = {}): Files => ({ "model.pt": writeLegacy(parts) });
const HONEST = legacy();
/** An integer in decimal, as the text of an expression. */
const NUMBER = "0x1950a86a20f9469cfc6c";

const inLegacy = (title: string, parts: LegacyParts, names = "os.system"): Technique => ({
  number: 28,
  title,
  files: legacy(parts),
  least: "block",
  names,
  nearMiss: HONEST,
});

/** Files of torch's format of before 1.6: five pickles, each of which is loaded. */
const LEGACY: readonly Technique[] = [
  inLegacy("a call before the magic number of a legacy torch file", { magic: [PAYLOAD, "POP", LEGACY_MAGIC] }),
  inLegacy("a call in the protocol version of a legacy torch file", { version: [PAYLOAD, "POP", ["BININT2", 0xe9, 3]] }),
  inLegacy("a call in the system's description of a legacy torch file", { system: ["EMPTY_DICT", str("x"), PAYLOAD, "SETITEM"] }),
  inLegacy("a call beside the storage of a legacy torch file", { object: [LEGACY_STORAGE, PAYLOAD, "TUPLE2"] }),
  inLegacy("a call in the list of storages of a legacy torch file", { keys: ["EMPTY_LIST", str("7"), "APPEND", PAYLOAD, "POP"] }),
  inLegacy("a magic number that eval returns", { magic: [call("builtins", "eval", str(NUMBER))] }, "builtins.eval"),
  inLegacy("a magic number that int reads from a text, with a call behind it", {
    magic: [call("builtins", "int", str(NUMBER), ["BININT1", 16])],
    object: [LEGACY_STORAGE, PAYLOAD, "TUPLE2"],
  }),
  {
    ...inLegacy("a pickle behind the storages of a legacy torch file", {}),
    files: { "model.pt": Buffer.concat([writeLegacy(), assemble(["PROTO", 2], PAYLOAD, "STOP")]) },
  },
];

const STATE_DICT = readFileSync(new URL("../fixtures/torch/state_dict.pkl", import.meta.url));
type Member = readonly [string, Uint8Array | string];
const torch = (...more: readonly Member[]): Files => ({ "model.pt": writeTorch([...checkpoint("m", STATE_DICT), ...more]) });
const source = (line: string, before = ""): Files =>
  torch([
    "m/code/__torch__.py",
    `${before}class Net(Module):\n  def forward(self: __torch__.Net, x: Tensor) -> Tensor:\n    ${line}\n    return x\n`,
  ]);
const scripted = (title: string, files: Files, names: string, nearMiss = source("x0 = torch.add(x, x)")): Technique => ({
  number: 118,
  title,
  files,
  least: "block",
  names,
  nearMiss,
});
const constants = (...pieces: readonly Piece[]): Member => ["m/constants.pkl", assemble(["PROTO", 2], ...pieces, "STOP")];
const debug = (...pieces: readonly Piece[]): Member => ["m/code/__torch__.py.debug_pkl", assemble(["PROTO", 2], ...pieces, "STOP")];
const CODE: Member = ["m/code/__torch__.py", "def f(x: Tensor) -> Tensor:\n  return x\n"];

/** Archives of TorchScript: source code that torch's own compiler reads, and pickles beside it. */
const SCRIPTS: readonly Technique[] = [
  scripted("TorchScript that imports a module of Python", source("x0 = torch.add(x, x)", "import os\n"), "imports os"),
  scripted("TorchScript that calls exec", source("exec('1')"), "exec", source("print('exec(1)')")),
  scripted("TorchScript that calls a foreign name", source("x0 = torch.os.system('true')"), "os", source("x0 = torch.ones_like(x)")),
  scripted("TorchScript that climbs through attributes", source("x0 = x.__class__.__mro__"), "__class__", source("x0 = self.weight")),
  scripted(
    "TorchScript that reads a file of the machine",
    source("x0 = torch.from_file('/etc/passwd', False, 100)"),
    "torch.from_file",
    source("x0 = torch.zeros([100])"),
  ),
  scripted("a call in the constants of TorchScript", torch(CODE, constants(PAYLOAD)), "os.system", torch(CODE, constants("EMPTY_TUPLE"))),
  scripted(
    "a call in the debugging file of TorchScript",
    torch(CODE, debug("MARK", PAYLOAD, "TUPLE")),
    "os.system",
    torch(CODE, debug("MARK", str("FORMAT_WITH_STRING_TABLE"), "EMPTY_TUPLE", "EMPTY_TUPLE", "TUPLE")),
  ),
  {
    number: 118,
    title: "a pseudo-module of TorchScript where no code is",
    files: { "model.pkl": assemble(["PROTO", 2], global("__torch__.net", "Net"), "EMPTY_TUPLE", "NEWOBJ", "STOP") },
    least: "review",
    names: "__torch__.net.Net",
    nearMiss: {
      "model.pt": writeTorch([
        ["m/data.pkl", assemble(["PROTO", 2], global("__torch__.net", "Net"), "EMPTY_TUPLE", "NEWOBJ", "EMPTY_DICT", "BUILD", "STOP")],
        ["m/code/__torch__/net.py", "class Net(Module):\n  def forward(self: __torch__.net.Net, x: Tensor) -> Tensor:\n    return x\n"],
        ["m/version", "3\n"],
      ]),
    },
  },
];

/** What files of torch bring beside the state of a model. */
export const TORCH_TECHNIQUES: readonly Technique[] = [...LEGACY, ...SCRIPTS];
