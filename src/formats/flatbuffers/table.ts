import type { Field } from "./schema.ts";

/** Elements of a vector, or the bytes of a string. */
export interface FlatVector {
  readonly offset: number;
  readonly count: number;
  readonly elementBytes: number;
}

/** One table whose vtable, fields, strings and vectors were checked. */
export class FlatTable {
  readonly type: string;
  /** Offset in the buffer. */
  readonly at: number;
  readonly #bytes: Buffer;
  readonly #vtable: Buffer;
  readonly #fields: readonly Field[];
  readonly #vectors = new Map<string, FlatVector>();
  readonly #texts = new Map<string, string>();

  constructor(type: string, at: number, bytes: Buffer, vtable: Buffer, fields: readonly Field[]) {
    this.type = type;
    this.at = at;
    this.#bytes = bytes;
    this.#vtable = vtable;
    this.#fields = fields;
  }

  get size(): number {
    return this.#bytes.length;
  }

  get slots(): number {
    return (this.#vtable.length - 4) >> 1;
  }

  /** Offset of a field in the table, 0 where it is absent. */
  slot(slot: number): number {
    return slot >= 0 && slot < this.slots ? this.#vtable.readUInt16LE(4 + slot * 2) : 0;
  }

  found(name: string, vector: FlatVector, text: string | undefined): void {
    this.#vectors.set(name, vector);
    if (text !== undefined) this.#texts.set(name, text);
  }

  /** Where a string, vector or table of this field begins; null where the field is absent. */
  follow(name: string): number | null {
    const offset = this.#offsetOf(name);
    return offset === 0 ? null : this.at + offset + this.#bytes.readUInt32LE(offset);
  }

  /** An unsigned number; undefined where the field is absent, so that its default stands. Beyond 2^53 the nearest double. */
  number(name: string): number | undefined {
    const offset = this.#offsetOf(name);
    const bytes = this.#fields.find((field) => field.name === name)?.bytes ?? 0;
    if (offset === 0) return undefined;
    return bytes === 8 ? Number(this.#bytes.readBigUInt64LE(offset)) : this.#bytes.readUIntLE(offset, Math.min(bytes, 4));
  }

  vector(name: string): FlatVector | null {
    return this.#vectors.get(name) ?? null;
  }

  /** The first characters of a string. */
  text(name: string): string | undefined {
    return this.#texts.get(name);
  }

  #offsetOf(name: string): number {
    return this.slot(this.#fields.findIndex((field) => field.name === name));
  }
}
