import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readIfThere, syncPath, writeDurably } from "./durable-files.ts";
import { decodeEntries, encodeEntries } from "./entry-bundle.ts";
import { damaged, namesIn } from "./tile-folder.ts";

/**
 * The folder staging/: bundles of entries that are durable before their commit, and temporary files. Every name begins with the tree size that it
 * leads to, so that whatever leads to a settled size is known to be of no more use, whoever left it there.
 */
export class Staging {
  readonly folder: string;
  /** Apart from every other writer, in this process, another, or another container with the same process ids. */
  readonly #writer = randomUUID();
  #written = 0;

  constructor(dir: string) {
    this.folder = join(dir, "staging");
    mkdirSync(this.folder, { recursive: true });
  }

  /** A name for a new staging bundle, of the size and root that it leads to. */
  nameOf(size: number, root: Uint8Array): string {
    return `${size}-${Buffer.from(root).toString("hex")}.${this.#writer}-${++this.#written}`;
  }

  /** Path for a temporary file of the expansion towards `size`. */
  temporary(size: number): string {
    return join(this.folder, `${size}-temporary.${this.#writer}`);
  }

  write(name: string, entries: readonly Uint8Array[]): void {
    writeDurably(join(this.folder, name), encodeEntries(entries));
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

  /** Removes what leads to sizes up to `size`. */
  dropUpTo(size: number): void {
    for (const name of namesIn(this.folder)) if (Number.parseInt(name, 10) <= size) rmSync(join(this.folder, name), { force: true });
  }
}
