import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";
import { StreamBreak, Window } from "../window/window.ts";
import type { Cursor } from "./cursor.ts";

/** Longest word that R itself writes is a double; a reader takes up to 100 characters (R_assign in serialize.c). */
const MAX_WORD = 100;
const BACKSLASH = 0x5c;

/** Words between white space; texts with the escapes of C. */
export class AsciiCursor implements Cursor {
  readonly bigEndian = false;
  readonly #window: Window;

  constructor(source: ByteSource, at: number, budget: Budget) {
    this.#window = new Window(source, at, budget);
  }

  get at(): number {
    return this.#window.at;
  }

  need(): Promise<void> {
    return this.#window.need();
  }

  int(): number {
    const word = this.#word();
    if (word === "NA") return -(2 ** 31);
    if (!/^-?\d{1,10}$/.test(word)) throw new StreamBreak(`${JSON.stringify(word.slice(0, 20))} where a number has to be`);
    return Number(word) | 0;
  }

  text(length: number): string {
    this.#space();
    let text = "";
    for (let i = 0; i < length; i++) text += this.#character();
    return text;
  }

  async skipText(length: number): Promise<void> {
    this.#space();
    for (let i = 0; i < length; i++) {
      if ((i & 4095) === 0) await this.#stride();
      this.#character();
    }
  }

  async skip(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      if ((i & 255) === 0) await this.#stride();
      this.#word();
    }
  }

  close(): void {
    this.#window.close();
  }

  async #stride(): Promise<void> {
    this.#window.steps(64);
    await this.#window.need();
  }

  #byte(): number {
    return this.#window.bytes[this.#window.take(1)] as number; // `take` has seen that it is there
  }

  #space(): void {
    const { bytes } = this.#window;
    while (isSpace(bytes[this.#window.next])) this.#window.next++;
  }

  #word(): string {
    this.#space();
    const from = this.#window.next;
    const { bytes } = this.#window;
    let end = from;
    while (end < bytes.length && end - from <= MAX_WORD && !isSpace(bytes[end])) end++;
    if (end === from) throw new StreamBreak("the stream is cut");
    if (end - from > MAX_WORD) throw new StreamBreak("a word that is too long");
    this.#window.next = end;
    return bytes.toString("latin1", from, end);
  }

  /** One byte of a text. */
  #character(): string {
    const byte = this.#byte();
    if (byte !== BACKSLASH) return String.fromCharCode(byte);
    const escaped = String.fromCharCode(this.#byte());
    if (!/[0-7]/.test(escaped)) return ESCAPES[escaped] ?? escaped;
    let digits = escaped;
    const { bytes } = this.#window;
    while (digits.length < 3 && /^[0-7]$/.test(String.fromCharCode(bytes[this.#window.next] ?? 0))) digits += String.fromCharCode(this.#byte());
    return String.fromCharCode(Number.parseInt(digits, 8) & 255);
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", v: "\v", b: "\b", r: "\r", f: "\f", a: "\x07" };

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);
}
