import type { ByteSource } from "../../bytes.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { Anomalies } from "../strict-json/anomalies.ts";
import type { FieldSpec, MessageSpec } from "./schema.ts";
import { MAX_PAYLOADS, MAX_UNKNOWN, type MessageLayout, PAYLOAD_BYTES, type Span, type UnknownField, type Walked } from "./walked.ts";
import { Window } from "./window.ts";

/** Is told of a message in the order of its bytes. It judges nothing and must not throw. */
export interface MessageVisitor {
  /** A nested message begins; `at` is the offset of its tag. */
  enter?(message: MessageSpec, field: FieldSpec, at: number): void;
  leave?(message: MessageSpec, field: FieldSpec, at: number): void;
  /** A field that is no message. */
  leaf(message: MessageSpec, field: FieldSpec, leaf: Leaf): void;
}

export interface Leaf {
  /** Offset of the tag. */
  readonly at: number;
  /** Where the payload lies. */
  readonly offset: number;
  readonly size: number;
  /** Of a varint, signed as an int64; numbers beyond 2^53 lose their low bits. Otherwise 0. */
  readonly value: number;
  /** Of a field that is kept: the payload as UTF-8, cut to the bytes that were asked for. Otherwise empty. */
  readonly text: string;
}

/** As deep as the readers of protobuf go by default. */
const MAX_DEPTH = 100;
/** A tag and a length, or a tag and a varint, of the longest forms. */
const HEADER_BYTES = 20;
const NO_FIELDS: MessageSpec = { name: "group", fields: new Map() };
const WORD = 2 ** 32;

/**
 * Reads one protobuf message of any size by its schema through a window, and tells a visitor of its fields; contents of tensors are skipped unread.
 * https://protobuf.dev/programming-guides/encoding/
 * A field that the schema does not have, or has with another wire type, is unknown, as for every reader; groups are skipped as such.
 * Anomalies: `repeated-field` (a field that stands once by the schema stands twice: readers take the last, or merge).
 */
export async function walkProtobuf(source: ByteSource, budget: Budget, root: MessageSpec, visitor: MessageVisitor): Promise<Walked> {
  const walk = new Walk(source, budget, visitor);
  return walk.run(root);
}

interface Frame {
  readonly message: MessageSpec;
  /** Null at the root and in groups. */
  readonly field: FieldSpec | null;
  readonly at: number;
  readonly end: number;
  /** Field number of a group, which ends by a tag; 0 for a message. */
  readonly group: number;
  /** Numbers below 31 of fields that were there. */
  seen: number;
}

class Break extends Error {}

class Walk {
  readonly #size: number;
  readonly #budget: Budget;
  readonly #visitor: MessageVisitor;
  readonly #window: Window;
  readonly #stack: Frame[] = [];
  readonly #anomalies = new Anomalies();
  readonly #unknown: UnknownField[] = [];
  readonly #payloads: Span[] = [];
  #unknownCount = 0;
  #unknownBytes = 0;
  /** The outermost message that the end of the file cuts: what is left of it is read. */
  #cut: { readonly at: number; readonly why: string } | null = null;
  /** Of the field that is being read. */
  #at = 0;
  #next = 0;

  constructor(source: ByteSource, budget: Budget, visitor: MessageVisitor) {
    this.#size = source.size;
    this.#budget = budget;
    this.#visitor = visitor;
    this.#window = new Window(source, budget);
  }

  async run(root: MessageSpec): Promise<Walked> {
    this.#stack.push({ message: root, field: null, at: 0, end: this.#size, group: 0, seen: 0 });
    try {
      for (let frame = this.#stack.at(-1); frame !== undefined; frame = this.#stack.at(-1)) {
        if (this.#next >= frame.end) this.#leave(frame);
        else await this.#field(frame);
      }
      return this.#cut === null ? this.#end("parsed", null) : this.#end("broken", null, this.#cut);
    } catch (error) {
      if (error instanceof Break) return this.#end("broken", this.#at, this.#cut ?? { at: this.#at, why: error.message });
      if (error instanceof LimitError) return this.#end("limit", this.#at, { at: this.#at, why: error.message });
      throw error;
    } finally {
      this.#window.close();
    }
  }

  #leave(frame: Frame): void {
    if (frame.group !== 0) {
      this.#at = this.#next;
      throw new Break("a group without an end");
    }
    this.#stack.pop();
    if (frame.field !== null) this.#visitor.leave?.(frame.message, frame.field, frame.at);
  }

  async #field(frame: Frame): Promise<void> {
    this.#budget.steps(1);
    this.#at = this.#next;
    const header = Math.min(HEADER_BYTES, this.#size - this.#at);
    if (!this.#window.has(this.#at, header)) await this.#window.load(this.#at, header);
    const tag = this.#varint(frame.end);
    const number = Math.floor(tag / 8);
    if (number < 1 || tag >= WORD) throw new Break("no field of a message stands here");
    const spec = frame.message.fields.get(number);
    switch (tag % 8) {
      case 0: {
        const offset = this.#next;
        const value = this.#varint(frame.end);
        return this.#leaf(frame, number, spec?.kind === "varint" ? spec : undefined, offset, value);
      }
      case 1:
        return this.#leaf(frame, number, spec?.kind === "fixed64" ? spec : undefined, this.#skip(8, frame.end));
      case 2:
        return this.#delimited(frame, number, spec);
      case 3:
        this.#count(frame, number, this.#next, 0);
        return this.#push({ message: NO_FIELDS, field: null, at: this.#at, end: frame.end, group: number, seen: 0 });
      case 4:
        if (frame.group !== number) throw new Break("the end of a group that did not begin");
        this.#stack.pop();
        return;
      case 5:
        return this.#leaf(frame, number, spec?.kind === "fixed32" ? spec : undefined, this.#skip(4, frame.end));
      default:
        throw new Break(`the wire type ${tag % 8} does not exist`);
    }
  }

  /** Varint at the cursor, as an int64. */
  #varint(end: number): number {
    const { bytes, base } = this.#window;
    let value = 0;
    for (let i = 0, unit = 1; i < 10 && this.#next < end; i++, unit *= 128) {
      const byte = bytes[this.#next++ - base] ?? 0;
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value < 2 ** 63 ? value : value - 2 ** 64;
    }
    throw new Break("a number without an end");
  }

  /** Steps over a payload and yields where it begins. */
  #skip(length: number, end: number): number {
    const offset = this.#next;
    if (length < 0 || length > end - offset) throw new Break(`a field of ${length} bytes where ${end - offset} are left`);
    this.#next += length;
    return offset;
  }

  async #delimited(frame: Frame, number: number, spec: FieldSpec | undefined): Promise<void> {
    const length = this.#varint(frame.end);
    if (spec?.message !== null && spec !== undefined) {
      const left = frame.end - this.#next;
      if (length < 0 || (length > left && frame.end < this.#size)) throw new Break(`${spec.name} of ${length} bytes where ${left} are left`);
      if (length > left) this.#cut ??= { at: this.#at, why: `${spec.name} of ${length} bytes is cut after ${left}` };
      this.#once(frame, spec);
      this.#push({ message: spec.message, field: spec, at: this.#at, end: this.#next + Math.min(length, left), group: 0, seen: 0 });
      this.#visitor.enter?.(spec.message, spec, this.#at);
      return;
    }
    const offset = this.#skip(length, frame.end);
    const isPacked = spec?.repeated === true && spec.kind !== "text" && spec.kind !== "bytes";
    const fits = isPacked || spec?.kind === "text" || spec?.kind === "bytes";
    if (spec === undefined || !fits) {
      this.#leaf(frame, number, undefined, offset);
      return;
    }
    if (spec.tensor && length >= PAYLOAD_BYTES && this.#payloads.length < MAX_PAYLOADS) this.#payloads.push({ offset, size: length });
    const wanted = Math.min(spec.keep, length);
    if (wanted > 0 && !this.#window.has(offset, wanted)) await this.#window.load(offset, wanted);
    if (spec.kind === "varint" && wanted === length) this.#packed(frame, spec, offset, length);
    else this.#leaf(frame, number, spec, offset, 0, wanted === 0 ? "" : this.#textAt(offset, wanted));
  }

  /** A packed field is one leaf for each of its values. */
  #packed(frame: Frame, spec: FieldSpec, offset: number, length: number): void {
    const after = this.#next;
    this.#next = offset;
    while (this.#next < offset + length) {
      this.#budget.steps(1);
      const from = this.#next;
      const value = this.#varint(offset + length);
      this.#visitor.leaf(frame.message, spec, { at: this.#at, offset: from, size: this.#next - from, value, text: "" });
    }
    this.#next = after;
  }

  #textAt(offset: number, length: number): string {
    const from = offset - this.#window.base;
    return this.#window.bytes.toString("utf8", from, from + length);
  }

  #leaf(frame: Frame, number: number, spec: FieldSpec | undefined, offset: number, value = 0, text = ""): void {
    const size = this.#next - offset;
    if (spec === undefined) {
      this.#count(frame, number, offset, size);
      return;
    }
    this.#once(frame, spec);
    this.#visitor.leaf(frame.message, spec, { at: this.#at, offset, size, value, text });
  }

  #push(frame: Frame): void {
    if (this.#stack.length > MAX_DEPTH) throw new Break(`nested deeper than ${MAX_DEPTH}, where readers stop`);
    this.#stack.push(frame);
  }

  #once(frame: Frame, { number, name, repeated }: FieldSpec): void {
    if (repeated || number > 30) return;
    const bit = 1 << number;
    if ((frame.seen & bit) !== 0) this.#anomalies.add("repeated-field", this.#at, `${frame.message.name}.${name} stands twice in one message`);
    frame.seen |= bit;
  }

  #count({ message }: Frame, number: number, offset: number, size: number): void {
    this.#unknownCount++;
    this.#unknownBytes += this.#next - this.#at;
    if (this.#unknown.length < MAX_UNKNOWN) this.#unknown.push({ field: `${message.name}.${number}`, at: this.#at, offset, size });
  }

  /** What is open where reading ends is left, too: a loader may have acted on it. */
  #end(kind: Walked["kind"], brokenAt: number | null, stop: { readonly at: number; readonly why: string } | null = null): Walked {
    for (const { message, field, at } of this.#stack.reverse()) if (field !== null) this.#visitor.leave?.(message, field, at);
    const layout: MessageLayout = {
      size: this.#size,
      unknown: this.#unknown,
      unknownCount: this.#unknownCount,
      unknownBytes: this.#unknownBytes,
      payloads: this.#payloads,
      brokenAt,
    };
    return { kind, layout, anomalies: this.#anomalies.list, ...stop };
  }
}
