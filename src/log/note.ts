import type { NoteSigner, NoteVerifier } from "./note-key.ts";

/** A text with signatures (C2SP signed-note). `text` ends with a line feed; the signatures are over exactly its bytes. */
export interface Note {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface NoteSignature {
  readonly name: string;
  readonly keyId: number;
  /** What follows the key ID. */
  readonly signature: Uint8Array;
}

export type ParsedNote = { readonly kind: "parsed"; readonly note: Note } | { readonly kind: "broken"; readonly why: string };

export type VerifiedNote =
  | { readonly kind: "verified"; readonly note: Note; readonly by: readonly NoteVerifier[] }
  | { readonly kind: "rejected"; readonly why: string };

const MAX_NOTE_BYTES = 1_000_000;
/** Twice the sixteen that every reader must take, and room for a crowd of witnesses. */
const MAX_SIGNATURES = 100;
const SIGNATURE_LINE = /^\u2014 ([^ ]+) ([A-Za-z0-9+/]+={0,2})$/;

/** Splits at the last empty line. Strict: UTF-8, no control character but LF, every signature line of its form. Checks no signature. */
export function parseNote(bytes: Uint8Array): ParsedNote {
  if (bytes.length > MAX_NOTE_BYTES) return broken(`${bytes.length} bytes; a note has at most ${MAX_NOTE_BYTES}`);
  const whole = decodeUtf8(bytes);
  if (whole === undefined) return broken("not UTF-8");
  if (/[\0-\x09\x0b-\x1f]/.test(whole)) return broken("holds a control character other than a line feed");
  const end = whole.lastIndexOf("\n\n");
  if (end < 0) return broken("has no empty line before its signatures");
  if (!whole.endsWith("\n")) return broken("does not end with a line feed");
  const lines = whole.slice(end + 2, -1).split("\n");
  if (end + 2 >= whole.length) return broken("has no signature");
  if (lines.length > MAX_SIGNATURES) return broken(`${lines.length} signatures; at most ${MAX_SIGNATURES} are read`);
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const signature = parseSignatureLine(line);
    if (signature === undefined) return broken(`signature line ${signatures.length + 1} is not of its form`);
    signatures.push(signature);
  }
  return { kind: "parsed", note: { text: whole.slice(0, end + 1), signatures } };
}

/**
 * Accepts a note that at least one known key signed. Signatures of unknown (name, key ID) pairs are ignored; one bad signature of a known
 * key rejects the whole note.
 */
export function verifyNote(bytes: Uint8Array, verifiers: readonly NoteVerifier[]): VerifiedNote {
  const parsed = parseNote(bytes);
  if (parsed.kind === "broken") return { kind: "rejected", why: parsed.why };
  const text = Buffer.from(parsed.note.text);
  const by = new Set<NoteVerifier>();
  for (const { name, keyId, signature } of parsed.note.signatures) {
    const verifier = verifiers.find((known) => known.name === name && known.keyId === keyId);
    if (verifier === undefined || by.has(verifier)) continue;
    if (!verifier.verify(text, signature)) return { kind: "rejected", why: `the signature of ${name} is not over this text` };
    by.add(verifier);
  }
  if (by.size === 0) return { kind: "rejected", why: "no known key signed it" };
  return { kind: "verified", note: parsed.note, by: [...by] };
}

/** Signs a text that ends with a line feed; yields the whole note. */
export function signNote(text: string, signer: NoteSigner): string {
  return `${text}\n${signatureLine(signer, signer.sign(Buffer.from(text)))}`;
}

/** One signature line with its line feed, as a witness answers it. */
export function signatureLine(key: { readonly name: string; readonly keyId: number }, signature: Uint8Array): string {
  const blob = Buffer.alloc(4 + signature.length);
  blob.writeUInt32BE(key.keyId, 0);
  blob.set(signature, 4);
  return `\u2014 ${key.name} ${blob.toString("base64")}\n`;
}

function parseSignatureLine(line: string): NoteSignature | undefined {
  const [, name = "", base64 = ""] = SIGNATURE_LINE.exec(line) ?? [];
  const blob = Buffer.from(base64, "base64");
  if (/[\p{White_Space}+]/u.test(name) || blob.length < 5 || blob.toString("base64") !== base64) return undefined;
  return { name, keyId: blob.readUInt32BE(0), signature: blob.subarray(4) };
}

/** `ignoreBOM` keeps a byte order mark as the character that it is. */
function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function broken(why: string): ParsedNote {
  return { kind: "broken", why };
}
