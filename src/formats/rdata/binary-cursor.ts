import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";
import { STEP_BYTES, StreamBreak, Window } from "../window/window.ts";
import type { Cursor } from "./cursor.ts";

const WIDTHS = { int: 4, double: 8, raw: 1 } as const;

/** XDR, which is big endian, and the order of bytes of the machine that wrote it, taken for little endian. */
export class BinaryCursor implements Cursor {
  readonly #window: Window;
  readonly #littleEndian: boolean;

  constructor(source: ByteSource, at: number, littleEndian: boolean, budget: Budget) {
    this.#window = new Window(source, at, budget);
    this.#littleEndian = littleEndian;
  }

  get at(): number {
    return this.#window.at;
  }

  need(): Promise<void> {
    return this.#window.need();
  }

  get bigEndian(): boolean {
    return !this.#littleEndian;
  }

  int(): number {
    const from = this.#window.take(4);
    return this.#littleEndian ? this.#window.bytes.readInt32LE(from) : this.#window.bytes.readInt32BE(from);
  }

  text(length: number): string {
    if (length > STEP_BYTES / 2) throw new StreamBreak(`a name of ${length} bytes`);
    const from = this.#window.take(length);
    return this.#window.bytes.toString("latin1", from, from + length);
  }

  skipText(length: number): Promise<void> {
    return this.#window.jump(length);
  }

  skip(count: number, what: keyof typeof WIDTHS): Promise<void> {
    return this.#window.jump(count * WIDTHS[what]);
  }

  close(): void {
    this.#window.close();
  }
}
