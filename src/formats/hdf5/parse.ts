import type { ByteSource } from "../../bytes.ts";
import type { Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { type Attribute, attributesOf } from "./attributes.ts";
import { Hdf5Break, latin1 } from "./block.ts";
import { Collector } from "./collect.ts";
import { readDataset, textAt } from "./dataset.ts";
import type { Hdf5Facts } from "./facts.ts";
import { Hdf5File } from "./file.ts";
import { GlobalHeap } from "./global-heap.ts";
import { type Link, linksOf } from "./links.ts";
import { MESSAGE, type Message, readObjectHeader } from "./object-header.ts";
import { readSuperblock, type Superblock } from "./superblock.ts";
import { findUnowned, type Unowned } from "./unowned.ts";

const MAX_PATH_CHARS = 1024;
/** Attributes of Keras' own: of whole models, of weights, of checkpoints. */
const KERAS_ATTRIBUTES: ReadonlySet<string> = new Set(["keras_version", "model_config", "training_config", "layer_names", "weight_names"]);
const KERAS_GROUPS = /^\/(?:model_weights|optimizer_weights|_layer_checkpoint_dependencies|layers\/[^/]+\/vars|vars)$/;
const OPTIMIZER = /^\/(?:optimizer|optimizer_weights)\b/;
const MATLAB = "MATLAB 7.3 MAT-file";

/**
 * HDF5, superblock versions 0 to 3. https://support.hdfgroup.org/documentation/hdf5/latest/_s_p_e_c.html (3.0)
 * Walks every object from the root: headers, attributes, links, and where the elements of each dataset lie. Elements are not read. What no object
 * owns is left for searching.
 */
export async function parseHdf5(source: ByteSource, budget: Budget): Promise<Parsed<Hdf5Facts>> {
  const reading = new Reading(source, budget);
  try {
    await reading.run();
    return { kind: "parsed", facts: reading.facts(), anomalies: reading.file.anomalies.list };
  } catch (error) {
    if (error instanceof Hdf5Break) return await reading.end("broken", error.at, error.message);
    if (error instanceof LimitError) return await reading.end("limit", 0, error.message);
    throw error;
  } finally {
    reading.close();
  }
}

interface Place {
  readonly address: number;
  readonly path: string;
}

class Reading {
  readonly file: Hdf5File;
  readonly #heap: GlobalHeap;
  readonly #collector: Collector;
  readonly #queue: Place[] = [];
  readonly #seen = new Set<number>();
  #superblock: Superblock | null = null;
  /** The first part that could not be read. */
  #broken: Hdf5Break | null = null;
  #counts = { objects: 0, datasets: 0, parameters: 0 };
  #isKeras = false;
  #userBlockUsed: Hdf5Facts["userBlockUsed"] = "no";
  #unowned: Unowned = { extents: [], scraps: null, bytes: 0 };

  constructor(source: ByteSource, budget: Budget) {
    this.file = new Hdf5File(source, budget);
    this.#heap = new GlobalHeap(this.file);
    this.#collector = new Collector(source, budget);
  }

  close(): void {
    this.#heap.close();
    this.file.close();
  }

  async run(): Promise<void> {
    const { file } = this;
    const superblock = await readSuperblock(file);
    this.#superblock = superblock;
    this.#userBlockUsed = await this.#userBlock();
    if (superblock.driverInfo !== null) file.unread.add("a file in several parts (driver information)");
    const { extension } = superblock;
    if (extension !== null) await this.#part(() => this.#extension(extension));
    if (superblock.root === null) throw new Hdf5Break(file.base, "the superblock names no root group");
    this.#queue.push({ address: superblock.root, path: "/" });
    for (let place = this.#queue.pop(); place !== undefined; place = this.#queue.pop()) await this.#visit(place);
    for (const extent of this.#heap.extents) await this.#collector.search(extent);
    await this.#close(superblock);
    if (this.#broken !== null) throw this.#broken;
  }

  /** The extension of the superblock holds tree sizes and settings of the file. */
  async #extension(address: number): Promise<void> {
    for (const { type, body, shared } of await readObjectHeader(this.file, address)) {
      if (type === MESSAGE.sharedTable) this.file.unread.add("a table of shared messages");
      if (type === MESSAGE.driverInfo) this.file.unread.add("a file in several parts (driver information)");
      if (type !== MESSAGE.treeK || shared) continue;
      body.version(0);
      const chunks = body.u16();
      const internal = body.u16();
      this.file.k = { leaf: body.u16(), internal, chunks };
    }
  }

  async #userBlock(): Promise<Hdf5Facts["userBlockUsed"]> {
    const { base, source } = this.file;
    if (base === 0) return "no";
    const bytes = await source.read(0, Math.min(base, 1 << 20));
    if (base === 512 && latin1(bytes.subarray(0, MATLAB.length)) === MATLAB) return "matlab";
    return bytes.some((byte) => byte !== 0) ? "yes" : "no";
  }

  async #visit({ address, path }: Place): Promise<void> {
    const { file } = this;
    if (this.#seen.has(address)) return;
    if (this.#seen.size >= file.budget.limits.maxEntries) throw new LimitError("maxEntries", file.budget.limits.maxEntries);
    file.budget.steps(8);
    this.#seen.add(address);
    this.#counts.objects++;
    this.#isKeras ||= KERAS_GROUPS.test(path);
    await this.#part(async () => {
      const messages = await readObjectHeader(file, address);
      await this.#part(() => this.#attributes(messages, path));
      await this.#part(async () => {
        for await (const link of linksOf(file, messages)) this.#link(link, path);
      });
      if (messages.some(({ type }) => type === MESSAGE.layout)) await this.#part(() => this.#dataset(messages, path));
    });
  }

  async #dataset(messages: readonly Message[], path: string): Promise<void> {
    this.#counts.datasets++;
    const numbers = await readDataset(path, messages, { file: this.file, heap: this.#heap, collector: this.#collector });
    if (!OPTIMIZER.test(path) && Number.isSafeInteger(numbers)) this.#counts.parameters += numbers;
  }

  /** A broken part is no way to keep the others from being read: a loader may never touch it. */
  async #part(read: () => Promise<void>): Promise<void> {
    try {
      await read();
    } catch (error) {
      if (!(error instanceof Hdf5Break)) throw error;
      this.#broken ??= error;
    }
  }

  #link({ name, at, to }: Link, path: string): void {
    const collector = this.#collector;
    const object = `${path === "/" ? "" : path}/${name}`.slice(0, MAX_PATH_CHARS);
    if (to.kind === "hard") this.#enqueue({ address: to.address, path: object });
    else if (to.kind === "external") collector.keep(collector.outward, { kind: "external-link", object, at, target: to.file.slice(0, 4096) });
    else if (to.kind === "user") collector.keep(collector.foreignLinks, { object, at, type: to.type });
  }

  #enqueue(place: Place): void {
    if (this.#seen.has(place.address)) return;
    if (this.#queue.length >= this.file.budget.limits.maxEntries) throw new LimitError("maxEntries", this.file.budget.limits.maxEntries);
    this.#queue.push(place);
  }

  async #attributes(messages: readonly Message[], path: string): Promise<void> {
    const names = new Set<string>();
    for await (const attribute of attributesOf(this.file, messages)) {
      const { name, at } = attribute;
      this.file.budget.steps(2);
      if (names.has(name)) this.file.anomalies.add("duplicate-attribute", at, `the attribute ${JSON.stringify(name.slice(0, 80))} stands twice`);
      names.add(name);
      this.#isKeras ||= KERAS_ATTRIBUTES.has(name);
      await this.#attribute(attribute, `${path}@${name}`.slice(0, MAX_PATH_CHARS));
    }
  }

  async #attribute({ type, elements, data }: Attribute, name: string): Promise<void> {
    if (type === null || elements === 0) return;
    const isOneText = elements === 1 && type.kind === "text";
    if (!type.variable) {
      const extent = { offset: data.start, size: Math.min(data.left, elements * type.size) };
      if (isOneText) await this.#collector.text(name, extent);
      else if (type.holdsBytes) await this.#collector.search(extent);
      return;
    }
    if (type.kind !== "text" && type.kind !== "sequence") return;
    const each = 8 + this.file.widths.offsets;
    for (let i = 0; i < elements && data.left >= each; i++) {
      this.file.budget.steps(1);
      const found = await textAt(data.slice(each, "a reference into the global heap"), this.#heap);
      if (found !== null && isOneText) await this.#collector.text(name, found);
    }
  }

  /** Compares the ends of the file, and leaves what nobody owns. */
  async #close({ endOfFile: end }: Superblock): Promise<void> {
    const { file } = this;
    const { size } = file.source;
    const overlap = file.ledger.overlap();
    if (overlap !== null) file.anomalies.add("overlap", overlap.offset, `two datasets claim the same ${overlap.size} bytes`);
    this.#unowned = await findUnowned(file, this.#heap);
    if (end > size) this.#broken ??= new Hdf5Break(size, `the file has ${size} bytes of ${end}`);
    else if (size > end) file.anomalies.add("trailing-bytes", end, `${size - end} bytes follow the end that the superblock states`);
  }

  /** After a break all that was not read belongs to nobody: what stands in front of the file apart, as the whole would be this file again. */
  async end(kind: "broken" | "limit", at: number, why: string): Promise<Parsed<Hdf5Facts>> {
    const { file } = this;
    const gaps = () => [...file.ledger.gaps(0, file.base), ...file.ledger.gaps(file.base, file.source.size)];
    if (this.#unowned.bytes === 0) this.#unowned = { extents: gaps().slice(0, 256), scraps: null, bytes: 0 };
    return { kind, facts: this.facts(), anomalies: file.anomalies.list, at, why };
  }

  facts(): Hdf5Facts {
    const { configs, outward, foreignLinks, texts, heads, filters, pickles, dropped } = this.#collector;
    return {
      version: this.#superblock?.version ?? -1,
      userBlock: this.file.base,
      userBlockUsed: this.#userBlockUsed,
      ...this.#counts,
      isKeras: this.#isKeras,
      configs,
      outward,
      foreignLinks,
      texts,
      heads,
      filters: [...filters].slice(0, 32),
      pickles,
      unowned: this.#unowned.extents,
      scraps: this.#unowned.scraps,
      unread: [...this.file.unread].slice(0, 32),
      dropped,
    };
  }
}
