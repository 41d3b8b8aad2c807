import { join } from "node:path";
import { LogError } from "./errors.ts";
import { consistencyProof, inclusionProof, leafHash, rootHash, verifyConsistency, verifyInclusion } from "./merkle.ts";
import { disagrees, type LogIdentity, readCheckpoint, type SignedCheckpoint } from "./opening-checks.ts";
import { damaged, readTile } from "./tile-folder.ts";
import { TileNodes } from "./tile-nodes.ts";
import { TILE_WIDTH, tilePath, widthAt } from "./tile-paths.ts";

export interface Inclusion {
  readonly index: number;
  readonly leafHash: Uint8Array;
  readonly proof: readonly Uint8Array[];
  readonly checkpoint: SignedCheckpoint;
}

export interface Consistency {
  readonly oldSize: number;
  readonly oldRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
  readonly checkpoint: SignedCheckpoint;
}

/**
 * Reads a log as any client would: the published checkpoint, tiles and entry bundles, no database. Every answer is verified before it is given.
 * A fresh checkpoint is read for each call, so answers follow the writer.
 */
export class LogReader {
  readonly #identity: LogIdentity;
  #latest: { readonly checkpoint: SignedCheckpoint; readonly nodes: TileNodes } | undefined;

  constructor(identity: LogIdentity) {
    this.#identity = identity;
  }

  /** Throws LogError WB_LOG_DAMAGED or WB_LOG_WRONG_KEY. */
  checkpoint(): SignedCheckpoint {
    return this.#read().checkpoint;
  }

  /** Throws LogError WB_LOG_NOT_COVERED or WB_LOG_DAMAGED. */
  entry(index: number): Uint8Array {
    const { checkpoint } = this.#cover(index);
    const bundle = Math.floor(index / TILE_WIDTH);
    const name = { level: "entries" as const, index: bundle, width: widthAt("entries", bundle, checkpoint.size) };
    const entry = readTile(this.#identity.dir, name)[index % TILE_WIDTH];
    if (entry === undefined || Buffer.compare(leafHash(entry), this.leafHash(index)) !== 0)
      throw damaged(tilePath(name), `has an entry ${index % TILE_WIDTH} that does not hash to its leaf in the tile`);
    return entry;
  }

  leafHash(index: number): Uint8Array {
    return this.#cover(index).nodes.node(0, index);
  }

  /** Inclusion of an entry in the published checkpoint. Throws LogError. */
  inclusionProof(index: number): Inclusion {
    const { checkpoint, nodes } = this.#cover(index);
    const leaf = nodes.node(0, index);
    const proof = inclusionProof(nodes, index, checkpoint.size);
    if (!verifyInclusion(leaf, index, checkpoint.size, proof, checkpoint.root))
      throw disagrees(`the tiles around entry ${index} do not lead to the published root`);
    return { index, leafHash: leaf, proof, checkpoint };
  }

  /** That the published checkpoint extends the tree of `oldSize`. Throws LogError. */
  consistencyProof(oldSize: number): Consistency {
    const { checkpoint, nodes } = oldSize === 0 ? this.#read() : this.#cover(oldSize - 1);
    const oldRoot = rootHash(nodes, oldSize);
    const proof = consistencyProof(nodes, oldSize, checkpoint.size);
    if (!verifyConsistency(oldSize, checkpoint.size, proof, oldRoot, checkpoint.root))
      throw disagrees(`the tiles of size ${oldSize} do not lead to the published root`);
    return { oldSize, oldRoot, proof, checkpoint };
  }

  #cover(index: number): { readonly checkpoint: SignedCheckpoint; readonly nodes: TileNodes } {
    const latest = this.#read();
    if (Number.isSafeInteger(index) && index >= 0 && index < latest.checkpoint.size) return latest;
    throw new LogError("WB_LOG_NOT_COVERED", `entry ${index} is not covered by the published checkpoint of size ${latest.checkpoint.size}`, {
      hint: "What was just appended is published within a fraction of a second; try again. What a killed process left is published by weighbridge doctor.",
    });
  }

  #read(): { readonly checkpoint: SignedCheckpoint; readonly nodes: TileNodes } {
    const { dir } = this.#identity;
    const checkpoint = readCheckpoint(join(dir, "checkpoint"), this.#identity, this.#latest?.checkpoint);
    if (checkpoint === undefined) throw damaged("checkpoint", "is missing");
    if (this.#latest?.checkpoint !== checkpoint) this.#latest = { checkpoint, nodes: new TileNodes(dir, checkpoint.size) };
    return this.#latest;
  }
}
