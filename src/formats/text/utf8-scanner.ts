import type { Budget } from "../../limits.ts";

/** Characters that a reader does not see but a model, a terminal or an editor acts on. */
export type HiddenKind = "bidi-control" | "zero-width" | "tag" | "control";

export interface HiddenCharacters {
  readonly kind: HiddenKind;
  readonly count: number;
  /** Byte offset of the first one. */
  readonly at: number;
}

export interface Utf8Summary {
  /** Lines, counting a last one without a line feed. */
  readonly lines: number;
  readonly bom: boolean;
  readonly hidden: readonly HiddenCharacters[];
  /** Where the bytes stop being UTF-8 text, and why. */
  readonly stop: { readonly at: number; readonly why: string } | null;
}

/**
 * Checks that bytes are UTF-8 text (Unicode 16, table 3-7) while they stream by, and counts what a reader cannot see. A NUL ends the text: no
 * text holds one. Feed pieces of any size; a sequence may be cut between two pieces.
 */
export class Utf8Scanner {
  #offset = 0;
  #lineFeeds = 0;
  #lastByte = 0x0a;
  #bom = false;
  #stop: { at: number; why: string } | null = null;
  readonly #hidden = new Map<HiddenKind, { count: number; at: number }>();
  /** The sequence that is open: bytes still missing, its code point so far, the range of the next byte, where it began. */
  #missing = 0;
  #codePoint = 0;
  #low = 0x80;
  #high = 0xbf;
  #began = 0;

  push(piece: Uint8Array, budget: Budget): void {
    for (let at = 0; at < piece.length && this.#stop === null; at += STEP_BYTES) {
      budget.steps(1);
      this.#scan(piece, at, Math.min(at + STEP_BYTES, piece.length));
    }
    this.#offset += piece.length;
    this.#lastByte = piece.at(-1) ?? this.#lastByte;
  }

  end(): Utf8Summary {
    if (this.#stop === null && this.#missing > 0) this.#stop = { at: this.#began, why: "the last character is cut" };
    const openLine = this.#lastByte === 0x0a ? 0 : 1;
    return {
      lines: this.#lineFeeds + openLine,
      bom: this.#bom,
      hidden: [...this.#hidden].map(([kind, { count, at }]) => ({ kind, count, at })),
      stop: this.#stop,
    };
  }

  #scan(piece: Uint8Array, from: number, to: number): void {
    for (let at = from; at < to; at++) {
      const byte = piece[at] ?? 0;
      if (byte >= 0x20 && byte < 0x7f && this.#missing === 0) continue;
      if (this.#missing > 0) this.#continue(byte, this.#offset + at);
      else if (byte < 0x80) this.#ascii(byte, this.#offset + at);
      else this.#lead(byte, this.#offset + at);
      if (this.#stop !== null) return;
    }
  }

  #ascii(byte: number, at: number): void {
    if (byte === 0x0a) this.#lineFeeds++;
    else if (byte === 0) this.#stop = { at, why: "a NUL byte" };
    else if (isOddControl(byte)) this.#count("control", at);
  }

  #lead(byte: number, at: number): void {
    this.#missing = byte >= 0xc2 && byte <= 0xdf ? 1 : byte >= 0xe0 && byte <= 0xef ? 2 : byte >= 0xf0 && byte <= 0xf4 ? 3 : 0;
    if (this.#missing === 0) {
      this.#stop = { at, why: `byte 0x${byte.toString(16)} begins no UTF-8 character` };
      return;
    }
    this.#codePoint = byte & (0x3f >> this.#missing);
    this.#low = byte === 0xe0 ? 0xa0 : byte === 0xf0 ? 0x90 : 0x80;
    this.#high = byte === 0xed ? 0x9f : byte === 0xf4 ? 0x8f : 0xbf;
    this.#began = at;
  }

  #continue(byte: number, at: number): void {
    if (byte < this.#low || byte > this.#high) {
      this.#stop = { at, why: `byte 0x${byte.toString(16)} does not go on the UTF-8 character before it` };
      return;
    }
    this.#low = 0x80;
    this.#high = 0xbf;
    this.#codePoint = (this.#codePoint << 6) | (byte & 0x3f);
    if (--this.#missing > 0) return;
    if (this.#codePoint === 0xfeff && this.#began === 0) this.#bom = true;
    else {
      const kind = hiddenKind(this.#codePoint);
      if (kind !== null) this.#count(kind, this.#began);
    }
  }

  #count(kind: HiddenKind, at: number): void {
    const seen = this.#hidden.get(kind);
    if (seen === undefined) this.#hidden.set(kind, { count: 1, at });
    else seen.count++;
  }
}

/** Work is charged once for this many bytes. */
const STEP_BYTES = 16;

/** A C0 control that does not stand in ordinary text: all but BS, TAB, LF, VT, FF, CR and ESC. DEL counts as one. */
export function isOddControl(byte: number): boolean {
  return byte === 0x7f || (byte < 0x20 && !(byte >= 0x08 && byte <= 0x0d) && byte !== 0x1b);
}

function hiddenKind(codePoint: number): HiddenKind | null {
  if ((codePoint >= 0x202a && codePoint <= 0x202e) || (codePoint >= 0x2066 && codePoint <= 0x2069)) return "bidi-control";
  if (codePoint === 0x200b || codePoint === 0x2060 || codePoint === 0x180e || codePoint === 0xfeff) return "zero-width";
  if (codePoint >= 0xe0000 && codePoint <= 0xe007f) return "tag";
  if (codePoint >= 0x80 && codePoint <= 0x9f) return "control";
  return null;
}
