import type { Budget } from "../../limits.ts";
import { LEAST_CHARACTERS, nextRun, type Run } from "../secrets/prefilter.ts";
import type { EncodedText } from "./texts.ts";

// The first look at every text. It is all that most texts cost, so it loads no engine.

export type Encoding = "hexadecimal" | "base64";

/** Where letters begin that may stand for a program. */
export interface EncodedPlace {
  readonly at: number;
  readonly encoding: Encoding;
}

const PIECE_BYTES = 1024 * 1024;
/** What begins so near the end of a piece that it may be cut is seen with the next one. */
const OVERLAP_BYTES = LEAST_CHARACTERS;
const BYTES_PER_STEP = 256;
const LOOKED_AT = 12;

/** How the letters begin that stand for a pickle of any protocol, for what zlib or gzip packed, and for ELF, PE and Mach-O files. */
const HEXADECIMAL = /^(?:800[0-5]|(?:63|28|69|5d|7d)[0-9a-f]{2}|1f8b08|78(?:01|5e|9c|da)|7f454c46|4d5a[0-9a-f]{4}|c[ef]faedfe)[0-9a-f]{4}/i;
const BASE64 = /^(?:gA[A-X]|H4sI|e[AFJN][A-Za-z0-9+/_-]|f0VMR|TV[oqp]|z[vr]rt|[YKXfa][\w+/-]{2})/;

/** Looks at the beginning of every long run of letters and digits, and behind the signs of assignment in it. */
export async function* encodedPlaces({ source, offset, size }: EncodedText, budget: Budget): AsyncGenerator<EncodedPlace, void> {
  for (let start = 0; start < size; start += PIECE_BYTES - OVERLAP_BYTES) {
    const length = Math.min(PIECE_BYTES, size - start);
    const last = start + length === size;
    // One byte before tells whether the first letter begins anything.
    const before = start === 0 ? 0 : 1;
    const read = await source.read(offset + start - before, length + before);
    const bytes = Buffer.from(read.buffer, read.byteOffset, read.length);
    budget.steps(1 + Math.floor(length / BYTES_PER_STEP));
    const run: Run = { begin: 0, end: 0 };
    while (nextRun(bytes, run))
      for (const at of beginnings(bytes, run)) {
        if (at < before || (!last && at >= before + length - OVERLAP_BYTES)) continue;
        const letters = bytes.toString("latin1", at, at + LOOKED_AT);
        const encoding = HEXADECIMAL.test(letters) ? "hexadecimal" : BASE64.test(letters) ? "base64" : null;
        if (encoding !== null) yield { at: offset + start - before + at, encoding };
      }
    if (last) break;
  }
}

const ASSIGNS: ReadonlySet<number> = new Set(Buffer.from("=:"));

function beginnings(bytes: Uint8Array, { begin, end }: Run): readonly number[] {
  const found = [begin];
  for (let at = begin; at < end - 1; at++) if (ASSIGNS.has(bytes[at] ?? 0)) found.push(at + 1);
  return found;
}
