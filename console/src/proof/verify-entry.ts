import type { LogEntry } from "../api/types.ts";
import { fromBase64, toHex } from "./bytes.ts";
import { checkEnvelope, type Envelope, parseEntry, type Statement, type TrustDocument } from "./envelope.ts";
import { climb, leafHash, type Step } from "./merkle.ts";
import { checkNote, type NotedCheckpoint, parseCheckpoint } from "./note.ts";

export type CheckState = "verified" | "failed" | "not-checked";

/** One thing that was checked, in a sentence, and what came of it. */
export interface Check {
  readonly id: "leaf" | "inclusion" | "checkpoint" | "signature" | "trust" | "subject";
  readonly what: string;
  readonly state: CheckState;
  readonly detail: string;
}

export interface ProofReport {
  /** `failed`: at least one check failed. `partly`: none failed, and one could not be made. */
  readonly outcome: "verified" | "partly" | "failed";
  readonly checks: readonly Check[];
  /** Decoded of the bytes that were verified; null where they are no entry. */
  readonly statement: Statement | null;
  readonly checkpoint: NotedCheckpoint | null;
  readonly steps: readonly Step[];
}

/** What the entry ought to be about, where a page says more than its number. */
export interface Expected {
  readonly index: number;
  /** Leaf hash, where the page knew it before it asked for the entry. */
  readonly leaf?: string;
  readonly subject?: string;
  readonly predicateType?: string;
  readonly outcome?: "allow";
}

export interface Trusted {
  /** What the installation says of itself; null where it could not be read. */
  readonly trust: TrustDocument | null;
  /** The fingerprint that the console was told when it started. */
  readonly fingerprint: string;
}

const NO_ED25519 = "This browser cannot check Ed25519 signatures.";

/** Verifies one entry with nothing but its bytes and the installation's trust document. Never throws for what an entry holds. */
export async function verifyEntry(entry: LogEntry, expected: Expected, { trust, fingerprint }: Trusted): Promise<ProofReport> {
  if (globalThis.crypto?.subtle === undefined) return nothingChecked();
  const bytes = fromBase64(entry.entry);
  const checkpoint = parseCheckpoint(entry.checkpoint);
  const envelope = bytes === null ? null : parseEntry(bytes);
  const leaf = bytes === null ? null : await leafHash(bytes);
  const proof = entry.proof.map(fromBase64);
  const climbed =
    leaf === null || checkpoint === null || !proof.every((hash) => hash !== null)
      ? null
      : await climb(leaf, expected.index, checkpoint.size, proof, checkpoint.root);
  const checks: readonly Check[] = [
    leafCheck(entry, expected, leaf),
    {
      id: "inclusion",
      what: "The entry is in the tree of the checkpoint",
      state: climbed?.verified ? "verified" : "failed",
      detail: inclusionDetail(expected.index, checkpoint, climbed),
    },
    await checkpointCheck(checkpoint, entry.logKey),
    await signatureCheck(envelope, trust),
    trustCheck(entry, trust, fingerprint),
    ...subjectCheck(expected, envelope),
  ];
  return { outcome: outcomeOf(checks), checks, statement: envelope?.statement ?? null, checkpoint, steps: climbed?.steps ?? [] };
}

function leafCheck(entry: LogEntry, expected: Expected, leaf: Uint8Array | null): Check {
  const named = expected.leaf ?? entry.leaf;
  const computed = leaf === null ? null : toHex(leaf);
  const ok = computed === named && entry.leaf === named && entry.index === expected.index;
  return {
    id: "leaf",
    what: "The bytes are those that the leaf hash names",
    state: ok ? "verified" : "failed",
    detail:
      computed === null
        ? "The bytes are not base64."
        : ok
          ? `SHA-256(00, entry) is ${computed}.`
          : `SHA-256(00, entry) is ${computed}; entry ${expected.index} should be ${named}.`,
  };
}

function inclusionDetail(
  index: number,
  checkpoint: NotedCheckpoint | null,
  climbed: { readonly verified: boolean; readonly steps: readonly Step[] } | null,
): string {
  if (checkpoint === null) return "The checkpoint is not of its form.";
  if (climbed === null) return "A hash of the proof is not base64.";
  const steps = climbed.steps.length === 1 ? "1 hash leads" : `${climbed.steps.length} hashes lead`;
  return climbed.verified
    ? `${steps} from entry ${index} to the root of ${checkpoint.size} entries (RFC 9162 §2.1.3.2).`
    : `${steps} from entry ${index} to another root than the one that is signed.`;
}

async function checkpointCheck(checkpoint: NotedCheckpoint | null, logKey: string): Promise<Check> {
  const what = "The log's key signed this checkpoint";
  if (checkpoint === null) return { id: "checkpoint", what, state: "failed", detail: "The checkpoint is not of its form." };
  const check = await checkNote(checkpoint, logKey);
  switch (check.kind) {
    case "verified":
      return { id: "checkpoint", what, state: "verified", detail: `Ed25519 by ${check.name}, key ${check.keyId}.${witnessText(check.others)}` };
    case "failed":
      return { id: "checkpoint", what, state: "failed", detail: `${check.why[0]?.toUpperCase()}${check.why.slice(1)}.` };
    case "no-ed25519":
      return { id: "checkpoint", what, state: "not-checked", detail: NO_ED25519 };
    default:
      return check satisfies never;
  }
}

function witnessText(others: number): string {
  return others === 0 ? "" : ` ${others} more stand beside it and were not checked.`;
}

async function signatureCheck(envelope: Envelope | null, trust: TrustDocument | null): Promise<Check> {
  const what = "A ticket key of this installation signed the entry";
  if (envelope === null) return { id: "signature", what, state: "failed", detail: "The bytes are no envelope of a statement." };
  if (trust === null) return { id: "signature", what, state: "not-checked", detail: "The trust document could not be read." };
  const check = await checkEnvelope(envelope, trust);
  const key = `key ${envelope.keyid.slice(0, 16)}`;
  switch (check) {
    case "verified":
      return { id: "signature", what, state: "verified", detail: `Ed25519 by ${key}.` };
    case "failed":
      return { id: "signature", what, state: "failed", detail: `The signature of ${key} is not over these bytes.` };
    case "unknown-key":
      return { id: "signature", what, state: "failed", detail: `The trust document does not know ${key}.` };
    case "no-ed25519":
      return { id: "signature", what, state: "not-checked", detail: NO_ED25519 };
    default:
      return check satisfies never;
  }
}

function trustCheck(entry: LogEntry, trust: TrustDocument | null, fingerprint: string): Check {
  const what = "Those keys are in the trust document with this fingerprint";
  if (trust === null) return { id: "trust", what, state: "not-checked", detail: "The trust document could not be read." };
  const same = trust.fingerprint === fingerprint && trust.logKey === entry.logKey;
  return {
    id: "trust",
    what,
    state: same ? "verified" : "failed",
    detail: same
      ? `${fingerprint}: compare it with what you were told over another channel.`
      : trust.fingerprint === fingerprint
        ? "The entry came with another log key than the trust document has."
        : `The trust document has the fingerprint ${trust.fingerprint}, not ${fingerprint}.`,
  };
}

function subjectCheck({ subject, predicateType, outcome }: Expected, envelope: Envelope | null): readonly Check[] {
  if (subject === undefined) return [];
  const said = envelope?.statement;
  const isAbout = said?.subject === subject && (predicateType === undefined || said.predicateType === predicateType);
  const says = outcome === undefined || said?.predicate.outcome === outcome;
  return [
    {
      id: "subject",
      what: outcome === "allow" ? "It admits exactly this artifact" : "It is the decision about exactly this artifact",
      state: isAbout && says ? "verified" : "failed",
      detail: !isAbout ? `It is about ${said?.subject ?? "nothing"}.` : says ? `Its subject is ${subject}.` : `Its outcome is not ${outcome}.`,
    },
  ];
}

function outcomeOf(checks: readonly Check[]): ProofReport["outcome"] {
  if (checks.some(({ state }) => state === "failed")) return "failed";
  return checks.some(({ state }) => state === "not-checked") ? "partly" : "verified";
}

/** Browsers offer cryptography only under https and on loopback. */
function nothingChecked(): ProofReport {
  const detail = "This page came over an insecure connection, where browsers offer no cryptography.";
  return {
    outcome: "partly",
    checks: [{ id: "leaf", what: "The proof", state: "not-checked", detail }],
    statement: null,
    checkpoint: null,
    steps: [],
  };
}
