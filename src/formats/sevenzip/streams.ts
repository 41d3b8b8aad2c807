import { type HeaderReader, SevenZipBreak } from "./header-reader.ts";

/** kMaxCoders and streams of one folder in 7-Zip's own reader. */
const MAX_CODERS = 32;

const PACK_INFO = 0x06;
const UNPACK_INFO = 0x07;
const SUBSTREAMS_INFO = 0x08;
const SIZES = 0x09;
const CRC = 0x0a;
const FOLDER = 0x0b;
const UNPACK_SIZES = 0x0c;
const STREAM_COUNTS = 0x0d;
const END = 0;

export interface Coder {
  readonly id: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly properties: Buffer;
}

/** A graph of decoders. Inputs and outputs are numbered through all of them. */
export interface Folder {
  readonly coders: readonly Coder[];
  readonly binds: readonly { readonly input: number; readonly output: number }[];
  /** Inputs that are fed from the archive. */
  readonly packed: readonly number[];
  /** By output. */
  readonly sizes: readonly number[];
  readonly crc32: number | null;
}

export interface PackedStream {
  readonly offset: number;
  readonly size: number;
}

export interface StreamsInfo {
  readonly packed: readonly PackedStream[];
  readonly folders: readonly Folder[];
  /** What lies in each folder, one after another. */
  readonly parts: readonly (readonly { readonly size: number; readonly crc32: number | null }[])[];
}

/** StreamsInfo of 7zFormat.txt: where packed bytes lie, how to unpack them, and what files they are. */
export function readStreams(reader: HeaderReader, maxEntries: number): StreamsInfo {
  let packed: readonly PackedStream[] = [];
  let folders: readonly Folder[] = [];
  let parts: StreamsInfo["parts"] | null = null;
  for (let id = reader.number(); id !== END; id = reader.number()) {
    if (id === PACK_INFO) packed = readPackInfo(reader);
    else if (id === UNPACK_INFO) folders = readFolders(reader);
    else if (id === SUBSTREAMS_INFO) parts = readParts(reader, folders, maxEntries);
    else throw new SevenZipBreak(`property ${id} in the description of the streams`);
  }
  return { packed, folders, parts: parts ?? folders.map((folder) => [{ size: sizeOf(folder), crc32: folder.crc32 }]) };
}

function readPackInfo(reader: HeaderReader): readonly PackedStream[] {
  let offset = 32 + reader.number();
  const count = reader.count("packed streams", reader.left, 1);
  let sizes: readonly number[] = [];
  for (let id = reader.number(); id !== END; id = reader.number()) {
    if (id === SIZES) sizes = Array.from({ length: count }, () => reader.number());
    else if (id === CRC) reader.digests(count);
    else throw new SevenZipBreak(`property ${id} among the packed streams`);
  }
  if (sizes.length !== count) throw new SevenZipBreak("packed streams without their sizes");
  return sizes.map((size) => {
    offset += size;
    return { offset: offset - size, size };
  });
}

function readFolders(reader: HeaderReader): readonly Folder[] {
  reader.expect(FOLDER, "the list of folders");
  const count = reader.count("folders", reader.left, 1);
  if (reader.byte() !== 0) throw new SevenZipBreak("folders that are described elsewhere");
  const graphs = Array.from({ length: count }, () => readGraph(reader));
  reader.expect(UNPACK_SIZES, "the sizes of the folders");
  const sizes = graphs.map(({ coders }) => Array.from({ length: sum(coders, "outputs") }, () => reader.number()));
  let sums: readonly (number | null)[] = [];
  for (let id = reader.number(); id !== END; id = reader.number()) {
    if (id !== CRC) throw new SevenZipBreak(`property ${id} among the folders`);
    sums = reader.digests(count);
  }
  return graphs.map((graph, i) => ({ ...graph, sizes: sizes[i] ?? [], crc32: sums[i] ?? null }));
}

function readGraph(reader: HeaderReader): Pick<Folder, "coders" | "binds" | "packed"> {
  reader.keep(4);
  const coders = Array.from({ length: reader.count("coders", MAX_CODERS, 1) }, () => readCoder(reader));
  const inputs = sum(coders, "inputs");
  const outputs = sum(coders, "outputs");
  if (coders.length === 0 || outputs === 0 || inputs < outputs - 1 || Math.max(inputs, outputs) > MAX_CODERS)
    throw new SevenZipBreak(`a folder of ${inputs} inputs and ${outputs} outputs`);
  const binds = Array.from({ length: outputs - 1 }, () => ({ input: reader.number(), output: reader.number() }));
  const open = inputs - binds.length;
  const unbound = Array.from({ length: inputs }, (_, i) => i).filter((i) => !binds.some(({ input }) => input === i));
  return { coders, binds, packed: open === 1 ? unbound.slice(0, 1) : Array.from({ length: open }, () => reader.number()) };
}

function readCoder(reader: HeaderReader): Coder {
  const flags = reader.byte();
  if ((flags & 0xc0) !== 0) throw new SevenZipBreak("a coder with reserved flags");
  // a number of up to eight bytes: zeros in front say nothing, and none at all is Copy
  const id =
    reader
      .take(flags & 15)
      .toString("hex")
      .replace(/^(?:00)+(?=.)|^$/, "") || "00";
  const [inputs, outputs] = (flags & 0x10) === 0 ? [1, 1] : [reader.count("inputs", MAX_CODERS), reader.count("outputs", MAX_CODERS)];
  const properties = (flags & 0x20) === 0 ? Buffer.alloc(0) : reader.take(reader.number());
  return { id, inputs, outputs, properties };
}

function readParts(reader: HeaderReader, folders: readonly Folder[], maxEntries: number): StreamsInfo["parts"] {
  reader.keep(folders.length);
  let counts: readonly number[] = folders.map(() => 1);
  let id = reader.number();
  if (id === STREAM_COUNTS) {
    counts = folders.map(() => reader.count("files in a folder", maxEntries));
    id = reader.number();
  }
  if (counts.reduce((all, count) => all + count, 0) > maxEntries) throw new SevenZipBreak("more files than maxEntries");
  const sized = id === SIZES;
  const sizes = counts.map((count, i) => sizesIn(reader, count, sizeOf(folders[i]), sized));
  if (sized) id = reader.number();
  const known = counts.map((count, i) => (count === 1 ? (folders[i]?.crc32 ?? null) : null));
  const missing = counts.reduce((all, count, i) => all + (known[i] === null ? count : 0), 0);
  let sums: readonly (number | null)[] = [];
  for (; id !== END; id = reader.number()) {
    if (id !== CRC) throw new SevenZipBreak(`property ${id} among the files of the folders`);
    sums = reader.digests(missing);
  }
  let next = 0;
  return sizes.map((each, i) => each.map((size) => ({ size, crc32: known[i] ?? sums[next++] ?? null })));
}

/** All sizes but the last are stated; the last file has what is left of the folder. */
function sizesIn(reader: HeaderReader, count: number, total: number, stated: boolean): readonly number[] {
  if (count === 0) return [];
  if (count > 1 && !stated) throw new SevenZipBreak("files in a folder without their sizes");
  const sizes = Array.from({ length: count - 1 }, () => reader.number());
  const last = total - sizes.reduce((all, size) => all + size, 0);
  if (last < 0) throw new SevenZipBreak("files that are larger than their folder");
  return [...sizes, last];
}

/** What comes out at the end: the output that feeds nothing. */
export function sizeOf(folder: Folder | undefined): number {
  return folder?.sizes.find((_, output) => !folder.binds.some((bind) => bind.output === output)) ?? 0;
}

function sum(coders: readonly Coder[], key: "inputs" | "outputs"): number {
  return coders.reduce((all, coder) => all + coder[key], 0);
}
