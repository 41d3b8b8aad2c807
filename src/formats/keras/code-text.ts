import type { Budget } from "../../limits.ts";
import { type CodeText, readCode } from "./marshal.ts";

/** The least that a marshalled code object takes. */
const LEAST_BYTES = 40;

/**
 * Code as Keras writes it into a configuration (`func_dump`): marshalled, in base64; before Keras 2.1 its bytes as characters.
 * Decoded as `func_load` does: characters that are no base64 are skipped, and what does not decode is taken as bytes.
 */
export function codeOf(text: string, budget: Budget): CodeText | null {
  budget.steps(1 + (text.length >> 5));
  return fromBase64(text, budget) ?? fromCharacters(text, budget);
}

/** Whether a text may be such code, told by its first bytes: the type of a code object, with or without its flag. */
export function mayBeCode(text: string): boolean {
  if (text.length < LEAST_BYTES) return false;
  const start = text.slice(0, 64).replace(/[^A-Za-z0-9+/]/g, "");
  return /^(?:4[w-z0-9+/]|Y[w-z0-9+/])/.test(start) || /^[c\xe3]\0/.test(text);
}

function fromBase64(text: string, budget: Budget): CodeText | null {
  if (/[^\0-\x7f]/.test(text)) return null;
  budget.hold(text.length);
  try {
    return readCode(decodeBase64(text), budget);
  } finally {
    budget.release(text.length);
  }
}

/** `binascii.a2b_base64` in its lenient mode: foreign characters and early padding are skipped, padding in its place ends the text. */
export function decodeBase64(text: string): Uint8Array {
  let clean = "";
  let padding = 0;
  for (const part of text.replace(/[^A-Za-z0-9+/=]/g, "").split(/(=)/)) {
    if (part !== "=") {
      if (part !== "") padding = 0;
      clean += part;
    } else if (clean.length % 4 >= 2 && (clean.length % 4) + ++padding >= 4) break;
  }
  return Buffer.from(clean, "base64");
}

/** `str.encode("raw_unicode_escape")`: characters up to U+00FF are bytes. */
function fromCharacters(text: string, budget: Budget): CodeText | null {
  if (/[^\0-\xff]/.test(text)) return null;
  return readCode(Buffer.from(text, "latin1"), budget);
}
