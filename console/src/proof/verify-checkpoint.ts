import type { Checkpoint } from "../api/types.ts";
import { toBase64 } from "./bytes.ts";
import type { TrustDocument } from "./envelope.ts";
import { checkNote, type NotedCheckpoint, parseCheckpoint } from "./note.ts";
import { type Comparison, compareWithMemory, type Remembered } from "./remembered.ts";
import type { CheckState } from "./verify-entry.ts";

/** One statement about the log's latest checkpoint, and whether it holds. */
export interface CheckpointCheck {
  readonly id: "signature" | "same" | "trust" | "memory";
  readonly what: string;
  readonly state: CheckState;
  readonly detail: string;
}

export interface CheckpointReport {
  readonly checks: readonly CheckpointCheck[];
  readonly checkpoint: NotedCheckpoint | null;
  /** Set where nothing failed and the signature was checked: then it may be remembered. */
  readonly sound: boolean;
}

/** Verifies what the server says of its log by the signed note alone, and compares it with what this browser saw before. */
export async function verifyCheckpoint(
  told: Checkpoint,
  { trust, fingerprint, before }: { readonly trust: TrustDocument | null; readonly fingerprint: string; readonly before: Remembered | null },
): Promise<CheckpointReport> {
  const checkpoint = parseCheckpoint(told.checkpoint);
  if (checkpoint === null)
    return {
      checks: [{ id: "signature", what: "The checkpoint is a signed note", state: "failed", detail: "It is not of its form." }],
      checkpoint,
      sound: false,
    };
  const checks = [
    await signatureCheck(checkpoint, told.logKey),
    sameCheck(checkpoint, told),
    trustCheck(told, trust, fingerprint),
    memoryCheck(compareWithMemory(checkpoint, told.logKey, before), checkpoint),
  ];
  return { checks, checkpoint, sound: checks.every(({ state }) => state !== "failed") && checks[0]?.state === "verified" };
}

async function signatureCheck(checkpoint: NotedCheckpoint, logKey: string): Promise<CheckpointCheck> {
  const what = "The log's key signed it";
  if (globalThis.crypto?.subtle === undefined)
    return { id: "signature", what, state: "not-checked", detail: "Browsers offer cryptography only under https and on loopback." };
  const check = await checkNote(checkpoint, logKey);
  if (check.kind === "no-ed25519") return { id: "signature", what, state: "not-checked", detail: "This browser cannot check Ed25519 signatures." };
  if (check.kind === "failed") return { id: "signature", what, state: "failed", detail: `Not so: ${check.why}.` };
  return { id: "signature", what, state: "verified", detail: `Ed25519, key ${check.keyId}.` };
}

function sameCheck(checkpoint: NotedCheckpoint, told: Checkpoint): CheckpointCheck {
  const same = checkpoint.origin === told.origin && checkpoint.size === told.size && toBase64(checkpoint.root) === told.root;
  return {
    id: "same",
    what: "It says what this page shows",
    state: same ? "verified" : "failed",
    detail: same ? "Origin, size and root are those of the note." : "The server named another origin, size or root than the note.",
  };
}

function trustCheck(told: Checkpoint, trust: TrustDocument | null, fingerprint: string): CheckpointCheck {
  const what = "The key is in the trust document with this fingerprint";
  if (trust === null) return { id: "trust", what, state: "not-checked", detail: "The trust document could not be read." };
  const same = trust.fingerprint === fingerprint && trust.logKey === told.logKey && trust.origin === told.origin;
  return {
    id: "trust",
    what,
    state: same ? "verified" : "failed",
    detail: same
      ? `${fingerprint}: compare it with what you were told over another channel.`
      : "The trust document names another key or another log.",
  };
}

function memoryCheck(comparison: Comparison, { size }: NotedCheckpoint): CheckpointCheck {
  const what = "It agrees with what this browser saw before";
  switch (comparison.kind) {
    case "first":
      return { id: "memory", what, state: "not-checked", detail: "This browser sees this log for the first time; it remembers this checkpoint." };
    case "same":
      return { id: "memory", what, state: "verified", detail: `The same ${size} entries as on ${comparison.since.slice(0, 10)}.` };
    case "grown":
      return {
        id: "memory",
        what,
        state: "not-checked",
        detail: `It grew from ${comparison.from} entries on ${comparison.since.slice(0, 10)} to ${size}, under the same key. That the old ones are its beginning was not checked here.`,
      };
    case "shrunk":
      return {
        id: "memory",
        what,
        state: "failed",
        detail: `It had ${comparison.before.size} entries on ${comparison.before.at.slice(0, 10)}, and has ${size} now.`,
      };
    case "other-root":
      return {
        id: "memory",
        what,
        state: "failed",
        detail: `It had another root for the same ${size} entries on ${comparison.before.at.slice(0, 10)}.`,
      };
    case "other-key":
      return {
        id: "memory",
        what,
        state: "failed",
        detail: `It was signed by another key on ${comparison.before.at.slice(0, 10)}: ${comparison.before.logKey}`,
      };
    default:
      return comparison satisfies never;
  }
}
