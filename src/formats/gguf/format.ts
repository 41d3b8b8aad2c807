import type { ChildRef, Format } from "../../format.ts";
import type { MetadataValue } from "./metadata.ts";
import { embeds, type GgufFacts, isTemplate, parseGguf } from "./parse.ts";

/** Byte arrays in the metadata below this size hold nothing that runs. */
const PROBED_BYTES = 64;

/** Templates and tokenizers in the metadata are examined, byte arrays probed, and what nobody owns is searched. Tensors are owned. */
export const gguf: Format<GgufFacts> = {
  id: "gguf",
  parse: parseGguf,
  children: (facts) => [
    ...facts.metadata.flatMap((value) => childOf(value) ?? []),
    ...facts.unowned.map(
      ({ begin, end }): ChildRef => ({ name: `unowned@${begin}`, region: { in: "slice", offset: begin, size: end - begin }, treatment: "search" }),
    ),
  ],
};

function childOf(value: MetadataValue): ChildRef | null {
  const { key, bytes, elements } = value;
  if (bytes === undefined) return null;
  const region = { in: "slice", offset: bytes.offset, size: bytes.size } as const;
  if (embeds(value)) return { name: key, region, treatment: "examine", ...(isTemplate(key) ? { as: "jinja" } : {}) };
  const raw = elements?.type === "u8" || elements?.type === "i8";
  return raw && bytes.size >= PROBED_BYTES ? { name: key, region, treatment: "probe" } : null;
}
