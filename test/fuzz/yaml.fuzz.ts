// biome-ignore-all lint/suspicious/noTemplateCurlyInString: interpolations of OmegaConf are written so
import { bytesOf } from "../../src/bytes.ts";
import { yamlFormat } from "../../src/formats/yaml/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { yamlExaminer } from "../../src/scan/yaml/index.ts";
import type { FuzzTarget } from "./target.ts";
import { withPieces } from "./text-pieces.ts";

const DOCUMENTS = [
  "%TAG !p! tag:yaml.org,2002:python/\n---\na: &x !p!name:os.system [1, *x]\nb: {_target_: '${a}', <<: *x}\n...\n",
  "target: a.b\nnemo_version: 1\nx: {_target_: os.system, _args_: [id], _partial_: true}\n",
  "a: !new:torch.nn.Linear\n  b: !ref <c>\nd: !apply:os.system [id]\ne: !include:../x\n",
  "flavors:\n  python_function: {loader_module: os, code: ../x}\nrun_id: a\n",
  "dependencies: [pip: ['-i x']]\nname: '${oc.env:A}'\n? |\n  a\n: >-\n  b\n",
  "backbone: [[-1, 1, Conv, ['x(1)']]]\nhead: []\n",
];
/** What YAML is made of, and what its readers disagree on. */
const PIECES = [
  "!!python/name:",
  "!<",
  ">",
  "&a ",
  "*a",
  "- ",
  "? ",
  ": ",
  "{",
  "}",
  "[",
  "]",
  ",",
  "|\n",
  ">2-\n",
  "'",
  '"',
  "\\x41",
  "#",
  "\n",
  "\r",
  "\t",
  "  ",
  "---\n",
  "...\n",
  "%TAG ! x\n",
  "\u2028",
  "\u0085",
  "\ufeff",
  "${",
  "}",
  "${eval:",
  "_target_: ",
  "<<: ",
  "~",
  "\u{1f600}",
  "=",
  "@",
  "`",
];

const target: FuzzTarget = {
  name: "yaml",
  async seeds() {
    return [...DOCUMENTS.map((text) => Buffer.from(text)), Buffer.from(`\ufeff${DOCUMENTS[1]}`, "utf16le")];
  },
  mutate: (seed, random) => withPieces(seed, PIECES, random),
  async check(bytes) {
    const budget = new Budget({ ...DEFAULT_LIMITS, maxSteps: 2_000_000 });
    const parsed = await yamlFormat.parse(bytesOf(bytes), budget);
    const { findings } = yamlExaminer.examine(parsed, { path: "a.yaml", name: "a.yaml", size: bytes.length, containers: [] });
    for (const { where } of findings) if ((where.offset ?? 0) > bytes.length) throw new Error(`a finding at ${where.offset} of ${bytes.length}`);
    if (parsed.kind === "broken" && (parsed.at ?? 0) > bytes.length) throw new Error(`broken at ${parsed.at} of ${bytes.length}`);
    budget.hold(DEFAULT_LIMITS.maxMemoryBytes); // everything that was held is given back
  },
};

export default target;
