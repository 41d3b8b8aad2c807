import type { ByteSource, InflatedStore, KeptStream } from "../bytes.ts";
import type { Region } from "../format.ts";
import type { Budget } from "../limits.ts";
import type { Opened } from "./open-region.ts";
import { IN_MEMORY_BYTES, Spool } from "./spool.ts";

/** Bytes of memory that all containers of one file on disk may keep this way. */
export class KeepingRoom {
  left = 4 * IN_MEMORY_BYTES;
}

/**
 * What a parser inflated of one container: it had to, to know where a stream ends and whether its checksum fits. The walker takes it from here
 * instead of inflating the same bytes again. Small streams are kept as long as there is room; one that makes up most of its container, whatever its size.
 */
export class KeptInflations implements InflatedStore {
  readonly #containerBytes: number;
  readonly #budget: Budget;
  readonly #room: KeepingRoom;
  readonly #kept = new Map<string, Opened>();

  constructor(containerBytes: number, budget: Budget, room: KeepingRoom) {
    this.#containerBytes = containerBytes;
    this.#budget = budget;
    this.#room = room;
  }

  /** The container's bytes for its parser, which finds this store with them. */
  over(source: ByteSource): ByteSource {
    const { size, readInto } = source;
    const read = (offset: number, length: number) => source.read(offset, length);
    if (readInto === undefined) return { size, read, store: this };
    return { size, read, readInto: (target, offset) => readInto.call(source, target, offset), store: this };
  }

  keep(codec: string, offset: number, compressedSize: number, size?: number): KeptStream | null {
    const key = keyOf(codec, offset, compressedSize, size);
    const whole = 2 * compressedSize > this.#containerBytes;
    if (this.#kept.has(key) || (!whole && this.#room.left <= 0)) return null;
    return new Keeping(this.#budget, this.#room, whole, (opened) => void this.#kept.set(key, opened));
  }

  /** What was kept of a region, which is then the caller's to dispose of. */
  take(region: Region): Opened | null {
    if (region.in !== "compressed") return null;
    const key = keyOf(region.codec, region.offset, region.compressedSize, region.size);
    const kept = this.#kept.get(key);
    this.#kept.delete(key);
    return kept ?? null;
  }

  dispose(): void {
    for (const opened of this.#kept.values()) opened.dispose();
    this.#kept.clear();
  }
}

class Keeping implements KeptStream {
  readonly #room: KeepingRoom;
  readonly #whole: boolean;
  readonly #done: (opened: Opened) => void;
  #spool: Spool | null;

  constructor(budget: Budget, room: KeepingRoom, whole: boolean, done: (opened: Opened) => void) {
    this.#spool = new Spool(budget);
    this.#room = room;
    this.#whole = whole;
    this.#done = done;
  }

  write(piece: Uint8Array): void {
    const size = (this.#spool?.size ?? 0) + piece.length;
    if (!this.#whole && size > Math.min(IN_MEMORY_BYTES, this.#room.left)) this.drop();
    try {
      this.#spool?.write(piece);
    } catch {
      this.drop(); // no memory, no disk: whoever opens the region meets the same and says so
    }
  }

  end(trouble?: Opened["trouble"]): void {
    const spool = this.#spool;
    if (spool === null) return;
    const size = this.#whole ? 0 : spool.size;
    this.#room.left -= size;
    const dispose = () => {
      this.#room.left += size;
      spool.dispose();
    };
    this.#done({ source: spool.source(), ...(trouble === undefined ? {} : { trouble }), dispose });
    this.#spool = null;
  }

  drop(): void {
    this.#spool?.dispose();
    this.#spool = null;
  }
}

function keyOf(codec: string, offset: number, compressedSize: number, size: number | undefined): string {
  return `${codec} ${offset} ${compressedSize} ${size}`;
}
