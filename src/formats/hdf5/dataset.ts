import { typeOf } from "./attributes.ts";
import { type Block, Hdf5Break } from "./block.ts";
import { chunksOf } from "./chunks.ts";
import type { Collector } from "./collect.ts";
import { type Datatype, readDataspace } from "./datatype.ts";
import type { Hdf5File } from "./file.ts";
import type { GlobalHeap } from "./global-heap.ts";
import { type Layout, messageOf, readFilters, readLayout } from "./layout.ts";
import type { Extent } from "./ledger.ts";
import { openLocalHeap } from "./links.ts";
import { MESSAGE, type Message } from "./object-header.ts";
import { virtualSources } from "./virtual.ts";

/** What datasets are read with. */
export interface Surroundings {
  readonly file: Hdf5File;
  readonly heap: GlobalHeap;
  readonly collector: Collector;
}

interface Dataset {
  readonly path: string;
  readonly type: Datatype;
  readonly elements: number;
  readonly shape: readonly number[];
  readonly filters: readonly number[];
}

const DEFLATE = 1;
const SHUFFLE = 2;
const FLETCHER32 = 3;
/** Filters below this number come with the library; those above are registered or nobody's. */
const OWN_FILTERS = 256;

/** Reads where the bytes of a dataset lie and what leads out of the file; yields the numbers that it holds. */
export async function readDataset(path: string, messages: readonly Message[], around: Surroundings): Promise<number> {
  const { file } = around;
  const typeMessage = messages.find(({ type }) => type === MESSAGE.datatype);
  const space = messageOf(file, messages, MESSAGE.dataspace, "dataspaces");
  const layoutBlock = messageOf(file, messages, MESSAGE.layout, "layouts");
  if (typeMessage === undefined || space === null || layoutBlock === null) return 0;
  const type = await typeOf(file, typeMessage.body, typeMessage.shared);
  if (type === null) return 0;
  const filterBlock = messageOf(file, messages, MESSAGE.filters, "filters");
  const filters = filterBlock === null ? [] : readFilters(filterBlock);
  for (const filter of filters) if (filter >= OWN_FILTERS) around.collector.filters.add(filter);
  const dataset: Dataset = { path, type, ...readDataspace(space), filters };
  const external = messageOf(file, messages, MESSAGE.externalFiles, "external files");
  const layout = readLayout(layoutBlock);
  if (external !== null) await readExternal(external, dataset, around);
  else await readStorage(layout, dataset, layoutBlock, around);
  return type.kind === "float" || type.kind === "integer" ? dataset.elements : 0;
}

/** Specification IV.A.2.h: slots with names in a local heap. */
async function readExternal(block: Block, { path }: Dataset, { file, collector }: Surroundings): Promise<void> {
  const { at } = block;
  block.version(1);
  block.skip(5);
  const used = block.u16();
  const heap = await openLocalHeap(file, block.address());
  for (let i = 0; i < used; i++) {
    file.budget.steps(1);
    const target = await heap.text(block.length());
    block.skip(2 * file.widths.lengths);
    collector.keep(collector.outward, { kind: "external-storage", object: path, at, target: target.slice(0, 4096) });
  }
}

async function readStorage(layout: Layout, dataset: Dataset, block: Block, around: Surroundings): Promise<void> {
  switch (layout.kind) {
    case "compact":
      return readBytes({ offset: layout.offset, size: layout.size }, dataset, around);
    case "contiguous":
      return readContiguous(layout, dataset, block, around);
    case "chunked":
      return readChunked(layout, dataset, block, around);
    case "virtual": {
      const { file, heap, collector } = around;
      const found = await heap.object(layout.heap, layout.index, block.start);
      if (found === null) return;
      for (const target of virtualSources(await file.block(found.offset - file.base, found.size, "the sources of a virtual dataset")))
        if (target !== ".") collector.keep(collector.outward, { kind: "virtual-source", object: dataset.path, at: found.offset, target });
    }
  }
}

async function readContiguous(
  { address, size }: Extract<Layout, { kind: "contiguous" }>,
  dataset: Dataset,
  block: Block,
  around: Surroundings,
): Promise<void> {
  const { file } = around;
  const needed = dataset.elements * dataset.type.size;
  if (address === null) return;
  const offset = file.base + address;
  const stored = Math.min(size ?? needed, needed);
  if (!(offset + stored <= file.source.size)) throw new Hdf5Break(block.start, `the bytes of ${shown(dataset.path)} lead out of the file`);
  if (size !== null && size !== needed)
    file.anomalies.add("dataset-size", block.start, `the dataset ${shown(dataset.path)} has ${size} bytes for ${needed}`);
  file.ledger.ownRaw(offset, stored);
  await readBytes({ offset, size: stored }, dataset, around);
}

async function readChunked(layout: Extract<Layout, { kind: "chunked" }>, dataset: Dataset, block: Block, around: Surroundings): Promise<void> {
  const { file, collector } = around;
  const extents = layout.chunk.slice(0, -1);
  const chunkBytes = layout.chunk.reduce((product, extent) => product * extent, 1);
  if (extents.length !== dataset.shape.length || !extents.every((extent) => extent > 0) || !Number.isSafeInteger(chunkBytes))
    throw new Hdf5Break(block.start, `the chunks of ${shown(dataset.path)} do not fit its shape`);
  const chunks = dataset.shape.reduce((product, extent, i) => product * Math.ceil(extent / (extents[i] ?? 1)), 1);
  const filtered = dataset.filters.length > 0;
  const codec = codecOf(dataset);
  let isFirst = true;
  for await (const { offset, size } of chunksOf(file, layout, { chunkBytes, filtered, chunks })) {
    file.budget.steps(1);
    if (!(offset + size <= file.source.size)) throw new Hdf5Break(block.start, `a chunk of ${shown(dataset.path)} leads out of the file`);
    file.ledger.ownRaw(offset, size);
    if (isFirst && codec !== null) collector.head({ name: dataset.path, offset, size, codec });
    if (codec === "stored" && dataset.type.holdsBytes && !dataset.type.variable) await collector.search({ offset, size });
    isFirst = false;
  }
}

/** How the head of a chunk can be looked at; null where its filters are not undone here. Shuffling single bytes does nothing. */
function codecOf({ filters, type }: Dataset): "stored" | "zlib" | null {
  const left = filters.filter((filter) => filter !== FLETCHER32 && !(filter === SHUFFLE && type.size === 1));
  if (left.length === 0) return "stored";
  return left.length === 1 && left[0] === DEFLATE ? "zlib" : null;
}

async function readBytes(extent: Extent, { path, type, elements }: Dataset, { file, heap, collector }: Surroundings): Promise<void> {
  if (!type.variable) {
    if (type.kind === "text" && elements === 1) return collector.text(path, extent);
    collector.head({ name: path, ...extent, codec: "stored" });
    if (type.holdsBytes) await collector.search(extent);
    return;
  }
  if (type.kind !== "text" || elements !== 1) return;
  const reference = await file.block(extent.offset - file.base, extent.size, "a text of variable length");
  const found = await textAt(reference, heap);
  if (found !== null) await collector.text(path, found);
}

/** Follows one reference into the global heap: length, address, index. */
export async function textAt(reference: Block, heap: GlobalHeap): Promise<Extent | null> {
  const { start } = reference;
  const length = reference.u32();
  const address = reference.address();
  const found = await heap.object(address, reference.u32(), start);
  return found === null ? null : { offset: found.offset, size: Math.min(found.size, length) };
}

function shown(path: string): string {
  return JSON.stringify(path.slice(0, 120));
}
