import { type Checkpoint, verifyCheckpoint } from "./checkpoint.ts";
import { HASH_BYTES, verifyInclusion } from "./merkle.ts";
import type { NoteVerifier } from "./note-key.ts";

/** A C2SP tlog-proof, the offline receipt that an entry is in a log: `<name>.tlog-proof`. */
export interface ProofFile {
  readonly index: number;
  readonly proof: readonly Uint8Array[];
  /** Signed note. */
  readonly checkpoint: string;
  /** Bytes that the log's users agreed on; not covered by any signature. */
  readonly extra?: Uint8Array;
}

export type ParsedProofFile = { readonly kind: "parsed"; readonly file: ProofFile } | { readonly kind: "broken"; readonly why: string };

export type VerifiedProofFile =
  | { readonly kind: "verified"; readonly checkpoint: Checkpoint; readonly by: readonly NoteVerifier[] }
  | { readonly kind: "rejected"; readonly why: string };

const FIRST_LINE = "c2sp.org/tlog-proof@v1";
/** A tree has at most 64 levels. */
const MAX_PROOF_HASHES = 64;
const MAX_FILE_BYTES = 2_000_000;

export function formatProofFile({ index, proof, checkpoint, extra }: ProofFile): string {
  const hashes = proof.map((hash) => `${base64(hash)}\n`).join("");
  return `${FIRST_LINE}\n${extra === undefined ? "" : `extra ${base64(extra)}\n`}index ${index}\n${hashes}\n${checkpoint}`;
}

export function parseProofFile(text: string): ParsedProofFile {
  if (text.length > MAX_FILE_BYTES) return broken(`longer than ${MAX_FILE_BYTES} characters`);
  const end = text.indexOf("\n\n");
  if (end < 0) return broken("has no empty line before its checkpoint");
  const lines = text.slice(0, end).split("\n");
  if (lines.shift() !== FIRST_LINE) return broken(`does not begin with ${FIRST_LINE}`);
  const extraText = lines[0]?.startsWith("extra ") ? lines.shift()?.slice("extra ".length) : undefined;
  const extra = extraText === undefined ? undefined : fromBase64(extraText);
  if (extraText !== undefined && extra === undefined) return broken("its extra line is not base64");
  const [, indexText] = /^index (0|[1-9][0-9]{0,15})$/.exec(lines.shift() ?? "") ?? [];
  if (indexText === undefined || !Number.isSafeInteger(Number(indexText))) return broken("its index line is not of its form");
  if (lines.length > MAX_PROOF_HASHES) return broken(`${lines.length} hashes; a proof has at most ${MAX_PROOF_HASHES}`);
  const proof: Uint8Array[] = [];
  for (const line of lines) {
    const hash = fromBase64(line);
    if (hash?.length !== HASH_BYTES) return broken(`hash ${proof.length + 1} is not 32 bytes in base64`);
    proof.push(hash);
  }
  return { kind: "parsed", file: { index: Number(indexText), proof, checkpoint: text.slice(end + 2), ...(extra === undefined ? {} : { extra }) } };
}

/** Verifies that the leaf is in the log of this origin: the checkpoint's signature, then the path from leaf to root. Needs no network. */
export function verifyProofFile(
  file: ProofFile,
  leaf: Uint8Array,
  origin: string,
  log: NoteVerifier,
  witnesses: readonly NoteVerifier[] = [],
): VerifiedProofFile {
  const verified = verifyCheckpoint(Buffer.from(file.checkpoint), origin, log, witnesses);
  if (verified.kind === "rejected") return { kind: "rejected", why: `the checkpoint is not good: ${verified.why}` };
  const { checkpoint, by } = verified;
  if (!verifyInclusion(leaf, file.index, checkpoint.size, file.proof, checkpoint.root))
    return { kind: "rejected", why: `the proof does not lead from the entry at index ${file.index} to the root of size ${checkpoint.size}` };
  return { kind: "verified", checkpoint, by };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

/** Only the one canonical spelling. */
function fromBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}

function broken(why: string): ParsedProofFile {
  return { kind: "broken", why };
}
