import type { ChildRef, Format } from "../../format.ts";
import type { MetadataValue } from "./metadata.ts";
import { embeds, type GgufFacts, isRaw, isTemplate, parseGguf } from "./parse.ts";

/** Templates and tokenizers in the metadata are examined, byte arrays and texts that are none probed, and what nobody owns is searched. Tensors are owned. */
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
  const { key, bytes } = value;
  if (bytes === undefined) return null;
  const region = { in: "slice", offset: bytes.offset, size: bytes.size } as const;
  if (embeds(value)) return { name: key, region, treatment: "examine", ...(isTemplate(key) ? { as: "jinja" } : {}) };
  return isRaw(value) ? { name: key, region, treatment: "probe" } : null;
}
