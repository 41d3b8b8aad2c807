import { concat, fromBase64, sha256, toHex, utf8 } from "./bytes.ts";
import { checkEd25519 } from "./ed25519.ts";

/** A checkpoint as its signed note says it (C2SP tlog-checkpoint in signed-note). */
export interface NotedCheckpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array<ArrayBuffer>;
  /** The bytes that are signed. */
  readonly text: string;
  readonly signatures: readonly { readonly name: string; readonly keyId: string; readonly signature: Uint8Array<ArrayBuffer> }[];
}

const SIGNATURE_LINE = /^\u2014 ([^ +]+) ([A-Za-z0-9+/]+={0,2})$/;
const ED25519 = 1;

/** Splits a note at its last empty line and reads origin, size and root. Null for what is not of this form. Checks no signature. */
export function parseCheckpoint(note: string): NotedCheckpoint | null {
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || !note.endsWith("\n") || /[\0-\x09\x0b-\x1f]/.test(note)) return null;
  const text = note.slice(0, end + 1);
  const [origin = "", size = "", rootText = "", ...extensions] = text.slice(0, -1).split("\n");
  const root = fromBase64(rootText);
  if (origin === "" || !/^(0|[1-9][0-9]{0,15})$/.test(size) || !Number.isSafeInteger(Number(size)) || root?.length !== 32 || extensions.includes(""))
    return null;
  const signatures = note
    .slice(end + 2, -1)
    .split("\n")
    .map(parseSignature);
  return signatures.every((signature) => signature !== null) ? { origin, size: Number(size), root, text, signatures } : null;
}

function parseSignature(line: string): NotedCheckpoint["signatures"][number] | null {
  const [, name = "", base64 = ""] = SIGNATURE_LINE.exec(line) ?? [];
  const blob = fromBase64(base64);
  return name === "" || blob === null || blob.length < 5 ? null : { name, keyId: toHex(blob.subarray(0, 4)), signature: blob.slice(4) };
}

/** A key of `name+id+base64(type, public key)`, the id being the one that follows from name and key. Null for any other text, and for other types. */
export async function parseLogKey(
  vkey: string,
): Promise<{ readonly name: string; readonly keyId: string; readonly publicKey: Uint8Array<ArrayBuffer> } | null> {
  const [, name = "", keyId = "", base64 = ""] = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/.exec(vkey) ?? [];
  const typed = fromBase64(base64);
  if (typed?.length !== 33 || typed[0] !== ED25519) return null;
  const hash = await sha256(concat(utf8(`${name}\n`), typed));
  return toHex(hash.subarray(0, 4)) === keyId ? { name, keyId, publicKey: typed.slice(1) } : null;
}

export type NoteCheck =
  | { readonly kind: "verified"; readonly name: string; readonly keyId: string; readonly others: number }
  | { readonly kind: "failed"; readonly why: string }
  | { readonly kind: "no-ed25519" };

/** Whether the log's own key signed exactly this checkpoint. Signatures of others, such as witnesses, are counted and not checked. */
export async function checkNote(checkpoint: NotedCheckpoint, vkey: string): Promise<NoteCheck> {
  const key = await parseLogKey(vkey);
  if (key === null) return { kind: "failed", why: "the log's key is not of the form name+id+base64" };
  if (key.name !== checkpoint.origin) return { kind: "failed", why: "the key and the checkpoint name different logs" };
  const own = checkpoint.signatures.filter(({ name, keyId }) => name === key.name && keyId === key.keyId);
  const [first] = own;
  if (first === undefined) return { kind: "failed", why: "the log's own key did not sign it" };
  const outcome = await checkEd25519(key.publicKey, utf8(checkpoint.text), first.signature);
  if (outcome === "no-ed25519") return { kind: "no-ed25519" };
  if (outcome === "failed") return { kind: "failed", why: "the signature is not over this text" };
  return { kind: "verified", name: key.name, keyId: key.keyId, others: checkpoint.signatures.length - own.length };
}
