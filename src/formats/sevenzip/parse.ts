import { crc32 } from "node:zlib";
import { type ByteSource, sliceOf } from "../../bytes.ts";
import type { Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { unpack } from "../compressed/inflate.ts";
import { fewExtents, layoutOf } from "../safetensors/layout.ts";
import { Anomalies, shown } from "../strict-json/anomalies.ts";
import { blockOf, packingOf } from "./block.ts";
import type { SevenZipBlock, SevenZipEntry, SevenZipFacts } from "./facts.ts";
import { type FileEntry, readFiles } from "./files.ts";
import { HeaderReader, SevenZipBreak } from "./header-reader.ts";
import { linkTargets } from "./link-targets.ts";
import { checkStored, isZero } from "./stored.ts";
import { type PackedStream, readStreams, type StreamsInfo } from "./streams.ts";

const SIGNATURE_BYTES = 32;
const HEADER = 0x01;
const ARCHIVE_PROPERTIES = 0x02;
const ADDITIONAL_STREAMS = 0x03;
const MAIN_STREAMS = 0x04;
const FILES = 0x05;
const ENCODED_HEADER = 0x17;
/** A header that is packed in a header that is packed: 7-Zip unpacks any number; writers write one. */
const MAX_ENCODED = 4;

/**
 * 7z archives (DOC/7zFormat.txt of the LZMA SDK). The header at the end, packed or plain, lists blocks of packed bytes with the files in them; it is
 * read whole, and nothing else is: the walker unpacks the blocks. Sums that do not match are noted and reading goes on, as an extractor may.
 */
export async function parseSevenZip(bytes: ByteSource, budget: Budget): Promise<Parsed<SevenZipFacts>> {
  const reading = new Reading(bytes, budget);
  try {
    await reading.run();
    return { kind: "parsed", facts: reading.facts(), anomalies: reading.anomalies.list };
  } catch (error) {
    if (!(error instanceof SevenZipBreak || error instanceof LimitError)) throw error;
    const kind = error instanceof LimitError ? "limit" : "broken";
    return { kind, facts: reading.facts(), anomalies: reading.anomalies.list, at: reading.at, why: error.message };
  } finally {
    reading.close();
  }
}

class Reading {
  readonly anomalies = new Anomalies();
  readonly #bytes: ByteSource;
  readonly #budget: Budget;
  readonly #owned: { name: string; begin: number; end: number }[] = [];
  readonly #readers: HeaderReader[] = [];
  #heldBytes = 0;
  #blocks: readonly SevenZipBlock[] = [];
  #entries: readonly SevenZipEntry[] = [];
  #closed: string | null = null;
  #unowned: SevenZipFacts["unowned"];
  /** Where the header that is being read lies in the file. */
  at = 0;

  constructor(bytes: ByteSource, budget: Budget) {
    this.#bytes = bytes;
    this.#budget = budget;
    this.#unowned = bytes.size > SIGNATURE_BYTES ? [{ begin: SIGNATURE_BYTES, end: bytes.size }] : [];
  }

  facts(): SevenZipFacts {
    return { size: this.#bytes.size, blocks: this.#blocks, entries: this.#entries, closed: this.#closed, unowned: this.#unowned };
  }

  close(): void {
    for (const reader of this.#readers) reader.close();
    this.#budget.release(this.#heldBytes);
  }

  async run(): Promise<void> {
    let header = await this.#firstHeader();
    for (let level = 0; header !== null; level++) {
      const reader = new HeaderReader(header, this.#budget);
      this.#readers.push(reader);
      const id = reader.number();
      if (id === HEADER) {
        await this.#header(reader);
        break;
      }
      if (id !== ENCODED_HEADER) throw new SevenZipBreak(`a header that begins with ${id}`);
      if (level === MAX_ENCODED) throw new SevenZipBreak("a header that is packed too often");
      header = await this.#unpackHeader(readStreams(reader, this.#budget.limits.maxEntries));
    }
    // behind a list that is closed, nobody can say what owns the rest
    if (this.#closed === null) await this.#findUnowned();
    else this.#unowned = [];
  }

  /** SignatureHeader: where the header lies, with sums over both. Null in an archive without files. */
  async #firstHeader(): Promise<Buffer | null> {
    const { size } = this.#bytes;
    if (size < SIGNATURE_BYTES) throw new SevenZipBreak("shorter than the signature header");
    const start = Buffer.from(await this.#bytes.read(0, SIGNATURE_BYTES));
    this.#owned.push({ name: "signature header", begin: 0, end: SIGNATURE_BYTES });
    if (crc32(start.subarray(12)) >>> 0 !== start.readUInt32LE(8))
      this.anomalies.add("start-sum", 8, "a signature header with another CRC-32 than it states");
    const offset = Number(start.readBigUInt64LE(12));
    const length = Number(start.readBigUInt64LE(20));
    if (length === 0) return null;
    if (SIGNATURE_BYTES + offset + length > size)
      throw new SevenZipBreak(`a list of files at ${SIGNATURE_BYTES + offset} of ${size} bytes: the archive is cut, or the first of several volumes`);
    this.at = SIGNATURE_BYTES + offset;
    const header = await this.#hold(length, () => this.#bytes.read(this.at, length));
    this.#owned.push({ name: "header", begin: this.at, end: this.at + length });
    if (crc32(header) >>> 0 !== start.readUInt32LE(28)) this.anomalies.add("header-sum", this.at, "a list of files with another CRC-32 than stated");
    return header;
  }

  async #hold(length: number, read: () => Promise<Uint8Array>): Promise<Buffer> {
    const { maxHeaderBytes } = this.#budget.limits;
    if (length > maxHeaderBytes) throw new LimitError("maxHeaderBytes", maxHeaderBytes);
    this.#budget.hold(length);
    this.#heldBytes += length;
    return Buffer.from(await read());
  }

  /** The header behind an encoded one; null where no decoder here can read it. */
  async #unpackHeader(streams: StreamsInfo): Promise<Buffer | null> {
    const [block] = this.#blocksOf(streams);
    if (block === undefined) throw new SevenZipBreak("a packed header without a block");
    if (block.closed !== null) {
      this.#closed = block.closed;
      return null;
    }
    const packed = sliceOf(this.#bytes, block.offset, block.packedSize);
    const packing = packingOf(block);
    if (packing === null) return this.#hold(block.packedSize, () => packed.read(0, block.packedSize));
    const pieces: Uint8Array[] = [];
    return this.#hold(block.size, async () => {
      const { kind, why } = await unpack(packing, packed, this.#budget, (piece) => void pieces.push(Uint8Array.from(piece)));
      if (kind !== "complete") this.anomalies.add("header-sum", block.offset, `a packed list of files that does not unpack: ${why}`);
      return Buffer.concat(pieces);
    });
  }

  async #header(reader: HeaderReader): Promise<void> {
    const { maxEntries } = this.#budget.limits;
    const odd = (what: string) => this.anomalies.add("property", this.at, what);
    for (let id = reader.number(); id !== 0; id = reader.number()) {
      if (id === ARCHIVE_PROPERTIES) for (let each = reader.number(); each !== 0; each = reader.number()) reader.take(reader.number());
      else if (id === ADDITIONAL_STREAMS) this.#blocks = [...this.#blocks, ...this.#blocksOf(readStreams(reader, maxEntries))];
      else if (id === MAIN_STREAMS) this.#blocks = this.#blocksOf(readStreams(reader, maxEntries));
      else if (id === FILES) this.#entries = this.#placed(readFiles(reader, maxEntries, odd));
      else throw new SevenZipBreak(`property ${id} in the header`);
    }
    if (reader.left > 0) odd(`${reader.left} bytes behind the end of the list of files`);
    for (const block of this.#blocks)
      if (block.closed === null && packingOf(block) === null) await checkStored(block, this.#bytes, this.#budget, this.anomalies);
    this.#entries = await linkTargets(this.#entries, this.#blocks, this.#bytes, this.#budget);
  }

  /** Each folder takes its packed streams in order. A stream that leads out of the file is cut where the file ends. */
  #blocksOf({ packed, folders, parts }: StreamsInfo): readonly SevenZipBlock[] {
    let next = 0;
    return folders.map((folder, i) => {
      const streams = packed.slice(next, next + folder.packed.length).map((stream) => this.#own(stream));
      next += folder.packed.length;
      let offset = 0;
      const placed = (parts[i] ?? []).map(({ size, crc32 }) => {
        offset += size;
        return { offset: offset - size, size, crc32 };
      });
      return blockOf(folder, streams, placed);
    });
  }

  #own({ offset, size }: PackedStream): PackedStream {
    const begin = Math.min(offset, this.#bytes.size);
    const end = Math.min(offset + size, this.#bytes.size);
    if (end - begin < size) this.anomalies.add("outside", begin, `packed bytes at ${offset} to ${offset + size} of a file of ${this.#bytes.size}`);
    this.#owned.push({ name: "block", begin, end });
    return { offset: begin, size: end - begin };
  }

  /** Files with bytes take the parts of the blocks in order. */
  #placed(files: readonly FileEntry[]): readonly SevenZipEntry[] {
    const places = this.#blocks.flatMap(({ parts }, block) => parts.map(({ offset, size }) => ({ block, offset, size })));
    let next = 0;
    const entries = files.map(({ name, type, hasStream }): SevenZipEntry => ({ name, type, place: hasStream ? (places[next++] ?? null) : null }));
    if (next > places.length) this.anomalies.add("files", this.at, `${next} files with content, and bytes for ${places.length} of them`);
    const names = new Set<string>();
    for (const { name, type } of entries) {
      if (names.has(name) && type !== "folder") this.anomalies.add("duplicate", this.at, `the file ${shown(name)} twice`);
      names.add(name);
    }
    return entries;
  }

  async #findUnowned(): Promise<void> {
    const { size } = this.#bytes;
    const { gaps, overlaps, trailing } = layoutOf(this.#owned, 0, size);
    for (const { begin, end, first, second } of overlaps)
      this.anomalies.add("overlap", begin, `${end - begin} bytes that are both ${first} and ${second}`);
    const extents = fewExtents(trailing === null ? gaps : [...gaps, trailing]);
    const filled: { begin: number; end: number }[] = [];
    for (const extent of extents) if (!(await isZero(this.#bytes, extent, this.#budget))) filled.push(extent);
    for (const { begin, end } of filled) this.anomalies.add("unowned", begin, `${end - begin} bytes that no file and no header owns`);
    this.#unowned = filled;
  }
}
