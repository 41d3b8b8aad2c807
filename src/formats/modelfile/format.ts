import type { ByteSource } from "../../bytes.ts";
import type { Format, Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { pickleAt } from "../pickle/pickle-at.ts";
import { type TextFacts, textFormat } from "../text/format.ts";
import { type GoTemplateFacts, readGoTemplate } from "./go-template.ts";
import { type Instruction, type Instructions, readInstructions } from "./instructions.ts";

export interface ModelfileFacts {
  readonly text: TextFacts;
  readonly instructions: readonly Instruction[];
  /** Of the instructions called TEMPLATE, in their order. */
  readonly templates: readonly GoTemplateFacts[];
  readonly odd: Instructions["odd"];
  readonly dropped: number;
}

/** A text that Ollama keeps as a layer of a model under the digest of its bytes: a template, a system message, a licence, or JSON. */
export interface OllamaLayerFacts {
  readonly text: TextFacts;
  readonly layer:
    | { readonly kind: "template"; readonly template: GoTemplateFacts }
    | { readonly kind: "words"; readonly words: string }
    | { readonly kind: "json" };
}

const MAX_TEXT_BYTES = 4 * 1024 * 1024;
const NO_TEXT = "";
/** Templates begin with `{{` or `[INST]`. */
const JSON_BEGINS = /^\s*(?:\[\s*[[{"\]]|\{(?!\{))/;

/** The recipe of a model for `ollama create`. `broken` where the bytes stop being text. */
export const modelfileFormat: Format<ModelfileFacts> = {
  id: "modelfile",
  parse: (bytes, budget) =>
    reading(bytes, budget, (text, source) => {
      const { list, odd, dropped } = readInstructions(source, budget);
      const templates = list.filter(({ name }) => name === "template").map(({ value }) => readGoTemplate(value, budget));
      return { text, instructions: list, templates, odd, dropped };
    }),
  children: ({ text }) => (text.pickleAtEnd === null ? [] : [pickleAt(text.pickleAtEnd)]),
};

export const ollamaLayerFormat: Format<OllamaLayerFacts> = {
  id: "ollama-layer",
  parse: (bytes, budget) =>
    reading(bytes, budget, (text, source) => {
      if (JSON_BEGINS.test(source)) return { text, layer: { kind: "json" } };
      const words = Buffer.from(source, "latin1").toString("utf8");
      return {
        text,
        layer: words.includes("{{")
          ? { kind: "template", template: readGoTemplate(words, budget) }
          : { kind: "words", words: words.slice(0, 65_536) },
      };
    }),
  children: ({ text }) => (text.pickleAtEnd === null ? [] : [pickleAt(text.pickleAtEnd)]),
};

/** Reads a text whole. @param read takes what was seen of the text, and the text with one character for each byte */
async function reading<F>(bytes: ByteSource, budget: Budget, read: (text: TextFacts, source: string) => F): Promise<Parsed<F>> {
  const { facts: text, ...outcome } = await textFormat.parse(bytes, budget);
  if (outcome.kind === "limit") return { ...outcome, facts: read(text, NO_TEXT) };
  if (bytes.size > MAX_TEXT_BYTES)
    return { kind: "limit", facts: read(text, NO_TEXT), anomalies: [], why: `a text of ${bytes.size} bytes is over ${MAX_TEXT_BYTES}` };
  const cost = bytes.size * 3;
  let held = 0;
  try {
    budget.hold(cost);
    held = cost;
    const all = await bytes.read(0, bytes.size);
    return { ...outcome, facts: read(text, Buffer.from(all.buffer, all.byteOffset, all.length).toString("latin1")) };
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    return { kind: "limit", facts: read(text, NO_TEXT), anomalies: [], why: error.message };
  } finally {
    budget.release(held);
  }
}
