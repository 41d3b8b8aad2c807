import type { ByteSource } from "../../bytes.ts";
import { sliceOf } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";
import { actingPickles } from "../pickle/find-acting.ts";
import { utf8 } from "./block.ts";
import type { DatasetHead, EmbeddedConfig, Outward, Text } from "./facts.ts";
import { MAX_HEADS, MAX_KEPT, TEXT_CHARS } from "./facts.ts";
import type { Extent } from "./ledger.ts";

/** Of texts and raw bytes in one file, this much is searched for pickles; of more, what comes first. */
const MAX_SEARCHED_BYTES = 256 * 1024 * 1024;
/** The shortest stream that imports a name and calls it. */
const LEAST_PICKLE_BYTES = 12;
const MAX_PICKLES = 64;
/** Keras writes its configuration under these names. */
const CONFIG_NAMES: ReadonlySet<string> = new Set(["model_config", "training_config"]);
const ENCODED = /^[A-Za-z0-9+/=_\s-]{24,}$/;

/** Keeps of a file what an examiner needs, within bounds. */
export class Collector {
  readonly configs: EmbeddedConfig[] = [];
  readonly outward: Outward[] = [];
  readonly foreignLinks: { object: string; at: number; type: number }[] = [];
  readonly texts: Text[] = [];
  readonly heads: DatasetHead[] = [];
  readonly filters = new Set<number>();
  readonly pickles: Extent[] = [];
  dropped = 0;
  #searched = 0;
  readonly #source: ByteSource;
  readonly #budget: Budget;

  constructor(source: ByteSource, budget: Budget) {
    this.#source = source;
    this.#budget = budget;
  }

  keep<T>(list: T[], item: T, most = MAX_KEPT): void {
    if (list.length < most) list.push(item);
    else this.dropped++;
  }

  head(head: DatasetHead): void {
    if (head.size > 0) this.keep(this.heads, head, MAX_HEADS);
  }

  /** A text of the file's own: a document for Keras, a program in letters, or plain. */
  async text(name: string, { offset, size }: Extent): Promise<void> {
    if (size === 0) return;
    const head = utf8(await this.#source.read(offset, Math.min(size, TEXT_CHARS)));
    const last = name.slice(name.lastIndexOf("@") + 1);
    if (CONFIG_NAMES.has(last) || (await this.#namesClasses(head, { offset, size })))
      this.keep(this.configs, { name, offset, size: await this.#withoutPadding(offset, size) });
    else if (ENCODED.test(head)) this.keep(this.texts, { name, at: offset, size, value: head });
    await this.search({ offset, size });
  }

  /** Bytes that are no numbers: a pickle in them that calls something is found. */
  async search({ offset, size }: Extent): Promise<void> {
    const length = Math.min(size, MAX_SEARCHED_BYTES - this.#searched);
    if (length < LEAST_PICKLE_BYTES || this.pickles.length >= MAX_PICKLES) return;
    this.#searched += length;
    this.#budget.steps(1);
    const found = await actingPickles(sliceOf(this.#source, offset, length), 0, this.#budget);
    for (const pickle of found) this.keep(this.pickles, { offset: offset + pickle.offset, size: pickle.size }, MAX_PICKLES);
  }

  async #namesClasses(head: string, { offset, size }: Extent): Promise<boolean> {
    if (!/^[\s\ufeff]*[[{]/.test(head)) return false;
    if (/"class_name"/.test(head)) return true;
    if (size <= TEXT_CHARS || size > this.#budget.limits.maxHeaderBytes) return false;
    this.#budget.hold(size);
    try {
      this.#budget.steps(size >> 6);
      return Buffer.from(await this.#source.read(offset, size)).includes('"class_name"');
    } finally {
      this.#budget.release(size);
    }
  }

  /** Texts of fixed length end in zeros. */
  async #withoutPadding(offset: number, size: number): Promise<number> {
    for (let end = size; end > 0; ) {
      const length = Math.min(end, TEXT_CHARS);
      const bytes = await this.#source.read(offset + end - length, length);
      this.#budget.steps(1 + (length >> 6));
      const last = bytes.findLastIndex((byte) => byte !== 0);
      if (last !== -1) return end - length + last + 1;
      end -= length;
    }
    return 0;
  }
}
