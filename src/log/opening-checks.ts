import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Checkpoint, verifyCheckpoint } from "./checkpoint.ts";
import { readIfThere } from "./durable-files.ts";
import { LogError } from "./errors.ts";
import { equalHashes, rootHash } from "./merkle.ts";
import type { NoteVerifier } from "./note-key.ts";
import type { LogState } from "./state.ts";
import { TileNodes } from "./tile-nodes.ts";

/** Where a log keeps its word: its folder, its name and the key that signs. */
export interface LogIdentity {
  readonly dir: string;
  readonly origin: string;
  readonly verifier: NoteVerifier;
}

/** A verified checkpoint, with the signed note that says it. */
export interface SignedCheckpoint extends Checkpoint {
  readonly text: string;
}

/**
 * A checkpoint file of this log; undefined when there is none. `known`, which was verified before, is given back when the file still says the
 * same. Throws LogError WB_LOG_WRONG_KEY when it is not signed by this log.
 */
export function readCheckpoint(file: string, { origin, verifier }: LogIdentity, known?: SignedCheckpoint): SignedCheckpoint | undefined {
  const bytes = readIfThere(file);
  if (bytes === undefined) return undefined;
  const text = bytes.toString();
  return known?.text === text ? known : { ...checkedCheckpoint(bytes, file, origin, verifier), text };
}

/** The state's own checkpoint must be signed by this log and say what the state says. Throws LogError. */
export function checkState(state: LogState, { origin, verifier }: LogIdentity): void {
  const { size, root } = checkedCheckpoint(Buffer.from(state.checkpoint), "the checkpoint in log.sqlite", origin, verifier);
  if (size !== state.size || !equalHashes(root, state.root))
    throw disagrees(`log.sqlite says size ${state.size}, and its signed checkpoint says ${size} or another root`);
}

/**
 * Refuses to go on from a state that does not extend a checkpoint that this log signed before: an older copy was restored, or history was
 * changed. `file` may be absent. Throws LogError WB_LOG_SHRUNK, WB_LOG_DISAGREES or WB_LOG_WRONG_KEY.
 */
export function checkExtends(state: LogState, file: string, identity: LogIdentity): void {
  const signed = readCheckpoint(file, identity);
  if (signed === undefined) return;
  if (signed.size > state.size) throw shrunk(`the log has ${state.size} entries, but ${file} shows that it signed ${signed.size}`);
  const root = signed.size === state.size ? state.root : rootHash(new TileNodes(identity.dir, state.size), signed.size);
  if (!equalHashes(root, signed.root))
    throw disagrees(`the first ${signed.size} entries hash to another root than the one that was signed, which ${file} keeps`);
}

/** Refuses to begin a new log where one was. Throws LogError WB_LOG_STATE_LOST. */
export function checkUnused(dir: string, outsideCheckpoint: string | undefined): void {
  const trace = [join(dir, "checkpoint"), join(dir, "tile"), ...(outsideCheckpoint === undefined ? [] : [outsideCheckpoint])].find(existsSync);
  if (trace === undefined) return;
  throw new LogError("WB_LOG_STATE_LOST", `log.sqlite has no state, but ${trace} shows that there was a log`, {
    hint: "Restore the data directory from a copy. If only log.sqlite is lost, run weighbridge log rebuild. Nothing is signed until then.",
  });
}

export function shrunk(message: string): LogError {
  return new LogError("WB_LOG_SHRUNK", message, {
    hint: "An older copy of the data directory was restored. Bring back the newer one; signing on from here would fork the log.",
  });
}

export function disagrees(message: string): LogError {
  return new LogError("WB_LOG_DISAGREES", message, {
    hint: "Nothing is signed until this is settled. Run weighbridge log verify to see where they differ, and restore the data directory from a copy of one moment.",
  });
}

function checkedCheckpoint(bytes: Uint8Array, what: string, origin: string, verifier: NoteVerifier): Checkpoint {
  const verified = verifyCheckpoint(bytes, origin, verifier);
  if (verified.kind === "verified") return verified.checkpoint;
  throw new LogError("WB_LOG_WRONG_KEY", `${what} is not a checkpoint of ${origin}: ${verified.why}`, {
    hint: "It belongs to another log. Restore keys/ and log/ of the data directory from one and the same backup.",
  });
}
