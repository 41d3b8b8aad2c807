import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Manifest } from "../artifact/artifact.ts";
import type { Digest } from "../digest.ts";
import type { Statement } from "../evidence/statement.ts";
import type { Trust } from "../evidence/trust.ts";
import { parseVerifierKey } from "../log/note-key.ts";
import type { LogIdentity } from "../log/opening-checks.ts";
import { openCommitted } from "../log/read-committed.ts";
import type { Waiver } from "../policy/decide.ts";
import { type Held, heldDecision, type WaitingPolicy, waitingFor, waiversFor } from "./approvals.ts";
import { Catalogue } from "./catalogue.ts";
import { foldersOf, outsideCheckpointOf } from "./data-directory.ts";
import { type Deployment, deploymentsInForce } from "./deployments.ts";
import { standingHere } from "./export-status.ts";
import { findArtifact } from "./find.ts";
import { readGenesis } from "./keys.ts";
import { type Listed, listArtifacts } from "./list.ts";
import { type EntrySummary, type EntryWithProof, entriesBefore, entryWithProof } from "./log-entries.ts";
import { type Nearest, nearestTo } from "./nearest.ts";
import { readManifest } from "./read-manifest.ts";
import { rolesInForce } from "./roles.ts";
import { readStatement, type Shown, showArtifact } from "./show.ts";
import type { StandingAt } from "./standing.ts";
import { type ReadStore, trustOf } from "./store.ts";
import { storeOver } from "./store-over.ts";
import { submittersOf } from "./submitters.ts";
import type { Surroundings } from "./surroundings.ts";
import { type IssuedTicket, latestTicket } from "./ticket-files.ts";

export interface ReaderOptions {
  readonly surroundings: Surroundings;
  /** A folder outside the data directory in which the last signed checkpoint is kept, so that a restored old copy of the data is noticed. */
  readonly stateFolder?: string;
}

/**
 * Opens the installation in a folder to ask it, and changes nothing there: it works on a disk that cannot be written to, and no private key is read.
 * Throws RegistryError, LogError.
 */
export function openReader(root: string, { surroundings, stateFolder }: ReaderOptions): RegistryReader {
  const directory = foldersOf(root);
  const { origin, logKey } = readGenesis(directory.keys);
  const identity: LogIdentity = { dir: directory.log, origin, verifier: parseVerifierKey(logKey) };
  const database = openCommitted(identity, stateFolder === undefined ? undefined : outsideCheckpointOf(stateFolder, origin));
  return new RegistryReader(storeOver(database, identity, directory, surroundings), identity, database);
}

/** An installation that can be asked. */
export class RegistryReader {
  /** For those who read the log itself: `verifyLog`, `LogReader`. */
  readonly log: LogIdentity;
  readonly #store: ReadStore;
  readonly #database: DatabaseSync;
  readonly #version: StatementSync;
  #catalogue: Catalogue | undefined;

  constructor(store: ReadStore, log: LogIdentity, database: DatabaseSync) {
    this.#store = store;
    this.log = log;
    this.#database = database;
    this.#version = database.prepare("PRAGMA data_version");
  }

  /** The trust document in force: what `trust export` writes. */
  trust(): Promise<Trust> {
    return trustOf(this.#store);
  }

  waiversFor(artifact: Digest, context: Digest): Promise<readonly Waiver[]> {
    return waiversFor(this.#store, artifact, context);
  }

  heldDecision(artifact: Digest): Promise<Held | null> {
    return heldDecision(this.#store, artifact);
  }

  /** What the latest decision about an artifact waits for. */
  waitingFor(artifact: Digest): Promise<readonly WaitingPolicy[]> {
    return waitingFor(this.#store, artifact);
  }

  /** The artifact that a digest, leaf hash, unique beginning or alias names. Throws RegistryError. */
  find(id: string): Promise<Digest> {
    return findArtifact(this.#store, id);
  }

  list(): AsyncGenerator<Listed> {
    return listArtifacts(this.#store, this.log.origin);
  }

  show(artifact: Digest): Promise<Shown> {
    return showArtifact(this.#store, this.log.origin, artifact);
  }

  /** The latest ticket of an artifact, whatever its standing; null when it never got one. */
  ticket(artifact: Digest): Promise<IssuedTicket | null> {
    return latestTicket(this.#store, artifact);
  }

  standing(leaf: string): Promise<StandingAt> {
    return standingHere(this.#store, leaf);
  }

  /** A statement by its digest; null when its blob is missing or damaged. */
  statement(digest: Digest): Promise<Statement | null> {
    return readStatement(this.#store, digest);
  }

  manifest(artifact: Digest): Promise<Manifest | null> {
    return readManifest(this.#store, artifact);
  }

  nearestTo(present: Manifest, except?: Digest): Promise<Nearest | null> {
    return nearestTo(this.#store, present, except);
  }

  /** What is deployed now, whatever the standing of its tickets. */
  deployments(): Promise<readonly Deployment[]> {
    return deploymentsInForce(this.#store);
  }

  /** The roles that each principal has now. */
  roles(): Promise<ReadonlyMap<string, readonly string[]>> {
    return rolesInForce(this.#store);
  }

  /** The newest entries below an index, newest first. */
  entries({ before, limit }: { readonly before: number; readonly limit: number }): Promise<readonly EntrySummary[]> {
    return entriesBefore(this.#store, before, limit);
  }

  /** An entry with its proof; null where there is none. */
  entry(index: number): Promise<EntryWithProof | null> {
    return entryWithProof(this.#store, index);
  }

  /** The published checkpoint, a signed note. */
  checkpoint(): Promise<{ readonly checkpoint: string; readonly size: number }> {
    return this.#store.checkpoint();
  }

  /** Who brought an artifact here, the latest last. */
  submitters(artifact: Digest): Promise<readonly string[]> {
    return submittersOf(this.#store, artifact);
  }

  /** All that is registered, in memory: for those who ask often. */
  catalogue(): Catalogue {
    this.#catalogue ??= new Catalogue(this.#store, this.log.origin, () => this.version());
    return this.#catalogue;
  }

  /** A number that is another one when somebody, in whatever process, has added to the log. Costs some microseconds. */
  version(): number {
    return Number(this.#version.get()?.data_version);
  }

  /** Closing twice is closing once. */
  async close(): Promise<void> {
    if (this.#database.isOpen) this.#database.close();
  }
}
