import type { Packing } from "../../format.ts";
import type { SevenZipBlock, SevenZipCoder } from "./facts.ts";
import { methodOf } from "./methods.ts";
import { type Folder, type PackedStream, sizeOf } from "./streams.ts";

/** Longer properties than any coder here has are cut. */
const MAX_PROPERTY_BYTES = 64;

/** What a folder is for one who unpacks it. `streams` are the packed streams that feed it. */
export function blockOf(folder: Folder, streams: readonly PackedStream[], parts: SevenZipBlock["parts"]): SevenZipBlock {
  const coders = chainOf(folder);
  const [stream] = streams;
  const encrypted = folder.coders.some(({ id }) => methodOf(id).encrypts === true);
  return {
    offset: stream?.offset ?? 0,
    packedSize: stream?.size ?? 0,
    size: sizeOf(folder),
    coders: coders ?? [],
    closed: encrypted ? "encrypted" : whyClosed(folder, coders),
    encrypted,
    parts,
  };
}

/** The coders as one chain, beginning with the one that reads the archive; null where they form none. */
function chainOf({ coders, binds }: Folder): readonly SevenZipCoder[] | null {
  if (coders.some(({ inputs, outputs }) => inputs !== 1 || outputs !== 1)) return null;
  const chain: SevenZipCoder[] = [];
  let at = coders.findIndex((_, output) => !binds.some((bind) => bind.output === output));
  while (chain.length <= coders.length) {
    const coder = coders[at];
    if (coder === undefined) return null;
    chain.unshift({ id: coder.id, name: methodOf(coder.id).name, properties: coder.properties.toString("hex", 0, MAX_PROPERTY_BYTES) });
    const input = at;
    const bind = binds.find((each) => each.input === input);
    if (bind === undefined) break;
    at = bind.output;
  }
  return chain.length === coders.length ? chain : null;
}

function whyClosed({ coders }: Folder, chain: readonly SevenZipCoder[] | null): string | null {
  const names = [...new Set(coders.map(({ id }) => methodOf(id).name))].join(" and ");
  if (chain === null) return `packed with ${names}`;
  const compressors = chain.filter(({ id }) => methodOf(id).method !== undefined);
  const known = chain.every(({ id }) => methodOf(id).method !== undefined || methodOf(id).filter !== undefined || methodOf(id).copy === true);
  const [first] = chain;
  // a filter in front of the compressor would have to be undone first, which no writer asks for
  const inOrder = compressors.length === 0 || (compressors.length === 1 && first === compressors[0]);
  return known && inOrder ? null : `packed with ${names}`;
}

/** How to unpack a block; null for one that is stored as it is. Asked only of blocks that are not closed. */
export function packingOf({ coders, size, parts }: SevenZipBlock): Packing | null {
  const method = coders.map(({ id }) => methodOf(id).method).find((each) => each !== undefined);
  const stored = method === undefined && coders.every(({ id }) => methodOf(id).copy === true);
  if (stored) return null;
  const filters = coders.flatMap(({ id, properties }) => {
    const filter = methodOf(id).filter;
    return filter === undefined ? [] : [{ id: filter, properties: Buffer.from(properties, "hex") }];
  });
  const checks = parts.flatMap(({ offset, size, crc32 }) => (crc32 === null ? [] : [{ offset, size, crc32 }]));
  return { method: method ?? "copy", properties: Buffer.from(coders[0]?.properties ?? "", "hex"), filters, size, checks };
}
