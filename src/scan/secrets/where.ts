import type { FormatId } from "../../format.ts";
import type { MetadataValue } from "../../formats/gguf/metadata.ts";
import type { GgufFacts } from "../../formats/gguf/parse.ts";
import type { SafetensorsFacts } from "../../formats/safetensors/parse.ts";

/** Where a subject holds text that people or their programs wrote. */
export interface TextExtent {
  readonly offset: number;
  readonly size: number;
  readonly pickled: boolean;
  /** Settings and metadata, where a home folder or an address got in by mistake; a document names its authors on purpose. */
  readonly configuration: boolean;
}

/** A larger pickle is data; what an object keeps of its settings is small. */
const MAX_PICKLE_BYTES = 1024 * 1024;

/** Formats that are text from end to end. */
const DOCUMENTS: ReadonlySet<FormatId> = new Set(["text", "jinja", "script", "html", "xml", "torchscript-code", "modelfile", "ollama-layer"]);
const CONFIGURATIONS: ReadonlySet<FormatId> = new Set(["json", "yaml", "keras-config", "tf-checkpoint-state", "recipe", "table"]);
/** Metadata is mostly words like `pt`: shorter texts hold neither a credential nor an address. */
const LEAST_CHARACTERS = 8;
const SAFETENSORS_PREFIX_BYTES = 8;

/** Where in a subject of this format secrets are looked for: never in tensors, nor in the vocabularies of GGUF. */
export function textExtents(format: FormatId, facts: unknown, size: number): readonly TextExtent[] {
  const whole = { offset: 0, size, pickled: false };
  if (DOCUMENTS.has(format)) return [{ ...whole, configuration: false }];
  if (CONFIGURATIONS.has(format)) return [{ ...whole, configuration: true }];
  if (format === "pickle") return size <= MAX_PICKLE_BYTES ? [{ ...whole, pickled: true, configuration: true }] : [];
  if (format === "gguf") return ggufTexts(facts as GgufFacts); // the format's own facts
  if (format !== "safetensors") return [];
  const { dataStart, metadata } = facts as SafetensorsFacts; // the format's own facts
  const from = SAFETENSORS_PREFIX_BYTES;
  return metadata.every(({ value }) => value.length < LEAST_CHARACTERS)
    ? []
    : [{ offset: from, size: dataStart - from, pickled: false, configuration: true }];
}

/** A tokenizer or a template in the metadata is a subject of its own. */
function ggufTexts({ metadata }: GgufFacts): readonly TextExtent[] {
  return metadata.flatMap((value) => {
    const { bytes } = value;
    return value.type !== "string" || bytes === undefined || bytes.size < LEAST_CHARACTERS || isDocument(value)
      ? []
      : [{ ...bytes, pickled: false, configuration: true }];
  });
}

function isDocument({ key }: MetadataValue): boolean {
  return key === "tokenizer.huggingface.json" || key.startsWith("tokenizer.chat_template");
}
