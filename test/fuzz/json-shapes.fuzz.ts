import { bytesOf } from "../../src/bytes.ts";
import { jsonDetector } from "../../src/formats/json/detect.ts";
import { jsonFormat } from "../../src/formats/json/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { examined } from "../examined.ts";
import type { FuzzTarget } from "./target.ts";
import { withPieces } from "./text-pieces.ts";

const DOCUMENTS = [
  '{"model_type":"x","auto_map":{"AutoModel":"o/r--m.X","AutoTokenizer":["a.B",null]},"_name_or_path":"/srv/x"}',
  '{"version":"1.0","truncation":null,"model":{"type":"BPE","vocab":{"a":0,"b":1},"merges":[["a","b"],"c d"]}}',
  '{"chat_template":[{"name":"x","template":"{{ a }}"},{"template":"b"}],"bos_token":{"content":"<s>"}}',
  '{"_class_name":"P","unet":["diffusers","U"],"x":[null,null],"y":["a","B"]}',
  '[{"idx":0,"path":"","type":"a.b"}]',
  '{"peft_type":"LORA","auto_mapping":{"parent_library":"x"},"peft_type":"LORA"}\n{"a":Infinity}',
  '{"added_tokens":[{"id":2,"content":"no","special":true}],"normalizer":{"type":"Replace","pattern":{"Regex":"(a+)+"},"content":"b"},"model":{"vocab":{"</s>":2}}}',
  '{"nbformat":4,"cells":[{"cell_type":"code","source":["!a\\n"],"outputs":[{"data":{"text/html":"<script>"}}]}]}',
  '{"3":{"class_type":"KSampler"},"4":{"class_type":"X"}}',
  '{"a":1}\n{"b":[2]}\n[3]\n',
  '{"_target_":"os.system","a":{"class_path":"x.Y"},"imports":["$__import__(1)"],"b":{"target":"os:system"}}',
  '{"format":"graph-model","modelTopology":{"node":[{"op":"Const"},{"op":"ReadFile"}]},"weightsManifest":[{"paths":["../a"],"weights":[]}]}',
  '{"max_new_tokens":1e99,"weight_map":{"a":"../b"},"scripts":{"install":"x"},"eos_token":"the"}',
];
/** Pieces that JSON parsers disagree on, and keys that mean something. */
const PIECES = [
  '"auto_map":',
  '{"',
  '"}',
  "[",
  "]",
  "{",
  "}",
  ",",
  ":",
  '"\\ud800"',
  "\\u0000",
  "NaN",
  "-0e9",
  "\ufeff",
  '"a":1,"a":2',
  '"_class_name":"',
  '"chat_template":',
  '"added_tokens":[',
  '"pattern":{"Regex":"',
  '"cells":',
  "\n{",
  "../",
  "--",
  '"_target_":"',
];
const MAX_STEPS = 2_000_000;

const target: FuzzTarget = {
  name: "json-shapes",
  async seeds() {
    return DOCUMENTS.map((text) => Buffer.from(text));
  },
  mutate: (seed, random) => withPieces(seed, PIECES, random),
  async check(bytes) {
    const probe = {
      head: bytes.subarray(0, 4096),
      tail: bytes.subarray(-4096),
      size: bytes.length,
      at: async (at: number, length: number) => bytes.subarray(at, at + length),
    };
    await jsonDetector.detect(probe);
    const budget = new Budget({ ...DEFAULT_LIMITS, maxSteps: MAX_STEPS });
    const parsed = await jsonFormat.parse(bytesOf(bytes), budget);
    const { findings } = await examined("json", parsed, "a.json", bytes.length);
    for (const { where } of findings) if ((where.offset ?? 0) > bytes.length) throw new Error(`a finding at ${where.offset} of ${bytes.length}`);
    for (const { region } of jsonFormat.children?.(parsed.facts) ?? [])
      if (region.in === "slice" && region.offset + region.size > bytes.length) throw new Error("a child outside of the document");
    if (parsed.kind === "parsed")
      sameAsJsonParse(bytes, parsed.anomalies.length, parsed.facts.trailing === null && parsed.facts.shape !== "json-lines");
    budget.hold(DEFAULT_LIMITS.maxMemoryBytes); // everything that was held is given back
  },
};

/** What is read to its end without anything odd is what JSON.parse accepts. */
function sameAsJsonParse(bytes: Uint8Array, anomalies: number, whole: boolean): void {
  if (anomalies === 0 && whole && !bytes.some((byte) => byte === 0x0b || byte === 0x0c)) JSON.parse(Buffer.from(bytes).toString("utf8"));
}

export default target;
