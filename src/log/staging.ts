import { randomUUID } from "node:crypto";
import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isAbsent, readIfThere, syncPath, writeDurably } from "./durable-files.ts";
import { decodeEntries, encodeEntries } from "./entry-bundle.ts";
import { damaged, namesIn } from "./tile-folder.ts";

const MAX_SPARES = 128;

/**
 * The folder staging/: bundles of entries that are durable before their commit, and temporary files. Every name begins with the tree size that it
 * leads to, so that whatever leads to a settled size is known to be of no more use, whoever left it there.
 */
export class Staging {
  readonly folder: string;
  /** Apart from every other writer, in this process, another, or another container with the same process ids. */
  readonly #writer = randomUUID();
  #written = 0;
  /** Bundles of this writer that are of no more use. They are written over: to make and remove a file costs more than to sync it. */
  readonly #spares = new Set<string>();

  constructor(dir: string) {
    this.folder = join(dir, "staging");
  }

  /** A name for a new staging bundle, of the size and root that it leads to. */
  nameOf(size: number, root: Uint8Array): string {
    return `${size}-${Buffer.from(root).toString("hex")}.${this.#writer}-${++this.#written}`;
  }

  /** Path for a temporary file of the expansion towards `size`. */
  temporary(size: number): string {
    return join(this.folder, `${size}-temporary.${this.#writer}`);
  }

  /** Makes a bundle durable; its name is after `sync`. */
  write(name: string, entries: readonly Uint8Array[]): void {
    const bytes = encodeEntries(entries);
    for (const spare of this.#spares) {
      this.#spares.delete(spare);
      if (this.#writeOver(spare, name, bytes)) return;
    }
    writeDurably(join(this.folder, name), bytes, "wx");
  }

  sync(): void {
    syncPath(this.folder);
  }

  /** Throws LogError WB_LOG_DAMAGED. */
  read(name: string): readonly Uint8Array[] {
    const bytes = readIfThere(join(this.folder, name));
    const entries = bytes === undefined ? undefined : decodeEntries(bytes);
    if (entries === undefined) throw damaged(`staging/${name}`, bytes === undefined ? "is missing" : "ends inside an entry");
    return entries;
  }

  /** Removes what leads to sizes up to `size`; with `keepSpares`, some of this writer's own bundles stay to be written over. */
  dropUpTo(size: number, options: { readonly keepSpares: boolean }): void {
    for (const name of namesIn(this.folder)) {
      if (!(Number.parseInt(name, 10) <= size)) continue;
      const spare = options.keepSpares && name.includes(`.${this.#writer}-`) && (this.#spares.has(name) || this.#spares.size < MAX_SPARES);
      if (spare) this.#spares.add(name);
      else rmSync(join(this.folder, name), { force: true });
    }
  }

  /** The bytes are durable before the name says what they are. False when another process has removed the spare. */
  #writeOver(spare: string, name: string, bytes: Uint8Array): boolean {
    try {
      writeDurably(join(this.folder, spare), bytes, "r+");
      renameSync(join(this.folder, spare), join(this.folder, name));
      return true;
    } catch (error) {
      if (isAbsent(error)) return false;
      throw error;
    }
  }
}
