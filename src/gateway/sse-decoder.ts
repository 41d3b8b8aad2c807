import { isAscii, isUtf8 } from "node:buffer";

/** One line may be this long: no honest chunk of an answer is. */
export const MAX_LINE_BYTES = 1024 * 1024;
export const MAX_EVENT_BYTES = 4 * 1024 * 1024;

/** What makes the rest of a stream unreadable. */
export type SseTrouble = "not-utf8" | "line-too-long" | "event-too-long";

/**
 * Takes one event. It lies in `bytes` from `from` to `to`, its blank line included; nobody changes these bytes any more. `data` is null where there are
 * only comments and other fields. Yields whether to go on.
 */
export type OnSseEvent = (data: string | null, name: string, bytes: Buffer, from: number, to: number) => boolean;

const LF = 0x0a;
const CR = 0x0d;

/**
 * Splits a stream of server-sent events (HTML standard §9.2.6) however it was cut into chunks: LF, CR and CRLF, data of several lines, comments, a byte
 * order mark. An event that is not complete is never handed out. UTF-8 is checked, not mended.
 */
export class SseDecoder {
  readonly #onEvent: OnSseEvent;
  /** An event that has begun; its first byte is the first byte here. */
  #held: Buffer | null = null;
  #heldBytes = 0;
  /** Of the event that has begun: what was looked at, where its last line begins, how many lines it has, whether it may hold more than ASCII. */
  #seen = 0;
  #lineAt = 0;
  #lines = 0;
  #isForeign = false;
  /** Of the last chunk. */
  #isAscii = true;
  /** Whether there was a CR in the stream; LF alone is found faster. */
  #hasCr = false;
  /** The last byte was a CR: a LF behind it is a part of the same end of line. */
  #afterCr = false;
  #isFirst = true;

  constructor(onEvent: OnSseEvent) {
    this.#onEvent = onEvent;
  }

  /** Whether an event has begun that was not ended. */
  get isInside(): boolean {
    return this.#heldBytes > 0;
  }

  push(chunk: Buffer): SseTrouble | null {
    this.#hasCr ||= chunk.includes(CR);
    this.#isAscii = isAscii(chunk);
    if (this.#held === null) return this.#scan(chunk);
    this.#hold(chunk);
    return this.#scan(this.#held.subarray(0, this.#heldBytes)); // what lies behind was never written
  }

  #scan(bytes: Buffer): SseTrouble | null {
    const end = bytes.length;
    let eventAt = 0;
    let lineAt = this.#lineAt;
    let isForeign = this.#isForeign || !this.#isAscii;
    for (let i = this.#lineEnd(bytes, this.#seen); i >= 0; i = this.#lineEnd(bytes, i + 1)) {
      const isCr = bytes[i] === CR;
      if (!isCr && this.#afterCr && i === lineAt) {
        this.#afterCr = false;
        lineAt = i + 1;
        if (eventAt === i) eventAt = lineAt;
        continue;
      }
      const lineEnd = i;
      this.#afterCr = isCr;
      if (isCr && bytes[i + 1] === LF) {
        i++;
        this.#afterCr = false;
      }
      const isBlank = lineEnd === lineAt;
      if (lineEnd - lineAt > MAX_LINE_BYTES) return "line-too-long";
      lineAt = i + 1;
      if (!isBlank) {
        this.#lines++;
        continue;
      }
      if (lineAt - eventAt > MAX_EVENT_BYTES) return "event-too-long";
      if (isForeign && !isUtf8(bytes.subarray(eventAt, lineAt))) return "not-utf8";
      if (this.#lines > 0 && !this.#handOut(bytes, eventAt, lineAt, isForeign)) return null;
      eventAt = lineAt;
      this.#lines = 0;
      isForeign = !this.#isAscii;
    }
    if (end - lineAt > MAX_LINE_BYTES) return "line-too-long";
    if (end - eventAt > MAX_EVENT_BYTES) return "event-too-long";
    this.#keep(bytes, eventAt);
    this.#seen = end - eventAt;
    this.#lineAt = lineAt - eventAt;
    this.#isForeign = end > eventAt && isForeign;
    return null;
  }

  /** Offset of the next byte that ends a line; -1 where there is none. */
  #lineEnd(bytes: Buffer, from: number): number {
    if (!this.#hasCr) return bytes.indexOf(LF, from);
    for (let i = from; i < bytes.length; i++) {
      const c = bytes[i];
      if (c === LF || c === CR) return i;
    }
    return -1;
  }

  #handOut(bytes: Buffer, from: number, to: number, isForeign: boolean): boolean {
    if (this.#lines === 1 && isDataLine(bytes, from)) {
      const data = bytes.toString(isForeign ? "utf8" : "latin1", from + 6, trimmed(bytes, to));
      this.#isFirst = false;
      return this.#onEvent(data, "", bytes, from, to);
    }
    let text = bytes.toString("utf8", from, to);
    let start = from;
    if (this.#isFirst && text.startsWith("\uFEFF")) {
      text = text.slice(1);
      start += 3;
    }
    this.#isFirst = false;
    const { data, name } = fieldsOf(text);
    return this.#onEvent(data, name, bytes, start, to);
  }

  /** Adds to the event that has begun. Room grows by doubling, so that an event in many small chunks is copied about twice. */
  #hold(chunk: Buffer): void {
    const held = this.#held ?? chunk; // it is there: asked by the caller
    const needed = this.#heldBytes + chunk.length;
    if (needed > held.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, held.length * 2));
      held.copy(larger, 0, 0, this.#heldBytes);
      this.#held = larger;
    }
    chunk.copy(this.#held ?? chunk, this.#heldBytes);
    this.#heldBytes = needed;
  }

  #keep(bytes: Buffer, from: number): void {
    const end = bytes.length;
    if (from === 0 && this.#held !== null) return;
    this.#heldBytes = end - from;
    if (from === end) {
      this.#held = null;
      return;
    }
    this.#held = Buffer.allocUnsafeSlow(Math.max(1024, (end - from) * 2));
    bytes.copy(this.#held, 0, from, end);
  }
}

/** `data: `, the way everybody writes it. */
function isDataLine(bytes: Buffer, at: number): boolean {
  return (
    bytes[at] === 0x64 &&
    bytes[at + 1] === 0x61 &&
    bytes[at + 2] === 0x74 &&
    bytes[at + 3] === 0x61 &&
    bytes[at + 4] === 0x3a &&
    bytes[at + 5] === 0x20
  );
}

/** Where the line before the end `to` of an event of one line ends. */
function trimmed(bytes: Buffer, to: number): number {
  let end = to;
  while (bytes[end - 1] === LF || bytes[end - 1] === CR) end--;
  return end;
}

function fieldsOf(text: string): { readonly data: string | null; readonly name: string } {
  let data: string | null = null;
  let name = "";
  for (const line of text.split(/\r\n|\n|\r/)) {
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "data") data = data === null ? value : `${data}\n${value}`;
    else if (field === "event") name = value;
  }
  return { data, name };
}
