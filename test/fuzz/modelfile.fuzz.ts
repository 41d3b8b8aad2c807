import { bytesOf } from "../../src/bytes.ts";
import { modelfileFormat, ollamaLayerFormat } from "../../src/formats/modelfile/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { modelfileExaminer, ollamaLayerExaminer } from "../../src/scan/modelfile/index.ts";
import type { FuzzTarget } from "./target.ts";
import { withPieces } from "./text-pieces.ts";

const TEXTS = [
  'FROM ./a.gguf\nTEMPLATE """{{ if .System }}x {{ .System }}{{ end }}"""\nPARAMETER num_ctx 8\nSYSTEM "b"\nMESSAGE user c\n',
  '{{- range $i, $_ := .Messages }}{{ if eq .Role "user" }}{{ .Content }}{{ end }}{{ end }}',
  "FROM hf.co/a/b\nADAPTER ../c\n# d\nLICENSE MIT\n",
];
const PIECES = [
  '"""',
  '"',
  "{{",
  "}}",
  "{{/*",
  "*/}}",
  "`",
  "\\",
  "\n",
  "\r\n",
  "FROM ",
  "TEMPLATE ",
  "PARAMETER stop ",
  "#",
  " ",
  "%99999d",
  "eq .Prompt",
  "range 9999999",
  "é",
];

const target: FuzzTarget = {
  name: "modelfile",
  async seeds() {
    return TEXTS.map((text) => Buffer.from(text));
  },
  mutate: (seed, random) => withPieces(seed, PIECES, random),
  async check(bytes) {
    const subject = { path: "a", name: "a", size: bytes.length, containers: [] };
    const budget = new Budget({ ...DEFAULT_LIMITS, maxSteps: 1_000_000 });
    modelfileExaminer.examine(await modelfileFormat.parse(bytesOf(bytes), budget), subject);
    ollamaLayerExaminer.examine(await ollamaLayerFormat.parse(bytesOf(bytes), budget), subject);
    if (budget.limits.maxSteps - budget.stepsLeft > bytes.length * 4 + 200) throw new Error("more steps than bytes");
  },
};

export default target;
