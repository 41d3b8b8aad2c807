import { HASH_BYTES } from "./merkle.ts";
import { type Note, signNote, verifyNote } from "./note.ts";
import type { NoteSigner, NoteVerifier } from "./note-key.ts";

/** What a log says of itself (C2SP tlog-checkpoint): these are my first `size` entries. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  /** Further lines; advised against, kept because they are signed. */
  readonly extensions: readonly string[];
}

export type ParsedCheckpoint = { readonly kind: "parsed"; readonly checkpoint: Checkpoint } | { readonly kind: "broken"; readonly why: string };

export type VerifiedCheckpoint =
  | { readonly kind: "verified"; readonly checkpoint: Checkpoint; readonly note: Note; readonly by: readonly NoteVerifier[] }
  | { readonly kind: "rejected"; readonly why: string };

/** Reads the text of a checkpoint note: origin, size, root, extension lines, each ended by LF. */
export function parseCheckpoint(text: string): ParsedCheckpoint {
  if (!text.endsWith("\n")) return { kind: "broken", why: "the checkpoint does not end with a line feed" };
  const [origin = "", size = "", root = "", ...extensions] = text.slice(0, -1).split("\n");
  const hash = Buffer.from(root, "base64");
  if (origin === "") return { kind: "broken", why: "the checkpoint names no origin" };
  if (!/^(0|[1-9][0-9]{0,15})$/.test(size) || !Number.isSafeInteger(Number(size)))
    return { kind: "broken", why: "the checkpoint's size is not a decimal number below 2^53" };
  if (hash.length !== HASH_BYTES || hash.toString("base64") !== root)
    return { kind: "broken", why: "the checkpoint's root is not 32 bytes in base64" };
  if (extensions.includes("")) return { kind: "broken", why: "the checkpoint has an empty extension line" };
  return { kind: "parsed", checkpoint: { origin, size: Number(size), root: hash, extensions } };
}

/** The signed text: without extensions, as they are advised against. */
export function checkpointText(origin: string, size: number, root: Uint8Array): string {
  return `${origin}\n${size}\n${Buffer.from(root).toString("base64")}\n`;
}

/** Signs a checkpoint. Only to be called where the tree is durable or is being committed: two inconsistent ones are the end of a log's word. */
export function signCheckpoint(origin: string, size: number, root: Uint8Array, signer: NoteSigner): string {
  return signNote(checkpointText(origin, size, root), signer);
}

/**
 * Verifies a checkpoint note: it is of this origin and signed by the log's key. `by` also says which witnesses cosigned.
 */
export function verifyCheckpoint(bytes: Uint8Array, origin: string, log: NoteVerifier, witnesses: readonly NoteVerifier[] = []): VerifiedCheckpoint {
  const verified = verifyNote(bytes, [log, ...witnesses]);
  if (verified.kind === "rejected") return verified;
  if (!verified.by.includes(log)) return { kind: "rejected", why: `the log's own key ${log.name} did not sign it` };
  const parsed = parseCheckpoint(verified.note.text);
  if (parsed.kind === "broken") return { kind: "rejected", why: parsed.why };
  if (parsed.checkpoint.origin !== origin)
    return { kind: "rejected", why: `it is of the log ${JSON.stringify(parsed.checkpoint.origin.slice(0, 200))}` };
  return { kind: "verified", checkpoint: parsed.checkpoint, note: verified.note, by: verified.by };
}
