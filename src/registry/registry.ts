import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Kysely } from "kysely";
import type { Manifest } from "../artifact/artifact.ts";
import { type Digest, digestOf, hexOf } from "../digest.ts";
import { PREDICATE } from "../evidence/predicate-types.ts";
import type { Statement } from "../evidence/statement.ts";
import { currentKey, fingerprintOf, type Trust, trustBytes, trustJson } from "../evidence/trust.ts";
import { parseVerifierKey } from "../log/note-key.ts";
import type { LogIdentity } from "../log/opening-checks.ts";
import { LogReader } from "../log/reader.ts";
import { StateTable } from "../log/state.ts";
import type { Waiver } from "../policy/decide.ts";
import { type AliasRecord, nameArtifact } from "./aliases.ts";
import { type ApprovalRequest, approve, type Held, heldDecision, waiversFor } from "./approvals.ts";
import { BlobStore } from "./blobs.ts";
import { makeDataDirectory } from "./data-directory.ts";
import { putFileDurably } from "./durable-file.ts";
import { entryBytes } from "./entries.ts";
import { RegistryError } from "./errors.ts";
import { exportStatus, standingHere } from "./export-status.ts";
import { findArtifact } from "./find.ts";
import { openKeys, readTicketKey } from "./keys.ts";
import { type Listed, listArtifacts } from "./list.ts";
import { startLog } from "./log-worker.ts";
import { type Nearest, nearestTo } from "./nearest.ts";
import { type PolicySetRecord, recordPolicySet } from "./policy-sets.ts";
import { readManifest } from "./read-manifest.ts";
import { type AdmissionRecord, type Recorded, recordAdmission } from "./record-admission.ts";
import { changeStanding, type StandingChange, type StandingChanged } from "./revocations.ts";
import { rotateTicketKey } from "./rotate-key.ts";
import { readStatement, type Shown, showArtifact } from "./show.ts";
import { nodeSqliteDialect } from "./sqlite-dialect/dialect.ts";
import type { StandingAt } from "./standing.ts";
import { type Store, tokenOf, trustOf } from "./store.ts";
import type { Surroundings } from "./surroundings.ts";
import { type IssuedTicket, latestTicket } from "./ticket-files.ts";
import type { Views } from "./views.ts";

export interface RegistryOptions {
  readonly surroundings: Surroundings;
  /** A folder outside the data directory in which the last signed checkpoint is kept, so that a restored old copy of the data is noticed. */
  readonly stateFolder?: string;
  /** Make the tables `view_*` anew from log and blobs before anything else; also when log.sqlite was lost. */
  readonly rebuild?: boolean;
}

/**
 * Opens the installation in a folder, or founds it: makes the keys, and the log with the trust document as its first entry. Any number of processes
 * may do so at once. Throws RegistryError, LogError.
 */
export async function openRegistry(root: string, { surroundings, stateFolder, rebuild = false }: RegistryOptions): Promise<Registry> {
  const directory = makeDataDirectory(root);
  const isFounded = ["log.sqlite", "checkpoint"].some((name) => existsSync(join(directory.log, name)));
  const genesis = await openKeys(directory.keys, surroundings, { isFounded });
  const log = await startLog({
    dir: directory.log,
    keys: directory.keys,
    blobs: directory.blobs,
    origin: genesis.origin,
    rebuild,
    ...(stateFolder === undefined ? {} : { outsideCheckpoint: join(stateFolder, `${hexOf(digestOf(genesis.origin))}.checkpoint`) }),
  });
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(join(directory.log, "log.sqlite"), { readOnly: true, timeout: 5000 });
    const identity: LogIdentity = { dir: directory.log, origin: genesis.origin, verifier: parseVerifierKey(genesis.logKey) };
    const store: Store = {
      directory,
      db: new Kysely<Views>({ dialect: nodeSqliteDialect(database) }),
      blobs: new BlobStore(directory.blobs, () => tokenOf(surroundings)),
      log,
      surroundings,
      keys: new Map(),
      ...logReads(database, identity),
    };
    await begin(store, genesis);
    await writeTrustFile(store);
    return new Registry(store, identity, database);
  } catch (error) {
    await log.close(); // its thread would keep the process alive
    database?.close();
    throw error;
  }
}

/** An open installation. Acts resolve when they are durable and covered by a signed checkpoint: what was acknowledged survives kill -9. */
export class Registry {
  /** For those who read the log itself: `verifyLog`, `LogReader`. */
  readonly log: LogIdentity;
  readonly #store: Store;
  readonly #database: DatabaseSync;

  constructor(store: Store, log: LogIdentity, database: DatabaseSync) {
    this.#store = store;
    this.log = log;
    this.#database = database;
  }

  /** The trust document in force: what `trust export` writes. */
  trust(): Promise<Trust> {
    return trustOf(this.#store);
  }

  recordPolicySet(record: PolicySetRecord): Promise<void> {
    return recordPolicySet(this.#store, record);
  }

  recordAdmission(record: AdmissionRecord): Promise<Recorded> {
    return recordAdmission(this.#store, record);
  }

  approve(request: ApprovalRequest): Promise<{ readonly approval: string; readonly held: Held }> {
    return approve(this.#store, request);
  }

  waiversFor(artifact: Digest, context: Digest): Promise<readonly Waiver[]> {
    return waiversFor(this.#store, artifact, context);
  }

  heldDecision(artifact: Digest): Promise<Held | null> {
    return heldDecision(this.#store, artifact);
  }

  changeStanding(change: StandingChange): Promise<StandingChanged> {
    return changeStanding(this.#store, change);
  }

  nameArtifact(record: AliasRecord): Promise<void> {
    return nameArtifact(this.#store, record);
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

  nearestTo(present: Manifest): Promise<Nearest | null> {
    return nearestTo(this.#store, present);
  }

  /** The bytes of a status file of this moment. */
  exportStatus(): Promise<Buffer> {
    return exportStatus(this.#store);
  }

  /** Yields the new trust document, which whoever verifies elsewhere needs from now on. */
  async rotateTicketKey(): Promise<Trust> {
    const trust = await rotateTicketKey(this.#store);
    await writeTrustFile(this.#store);
    return trust;
  }

  /** Waits for what is under way. Closing twice is closing once. */
  async close(): Promise<void> {
    await this.#store.log.close();
    if (this.#database.isOpen) this.#database.close();
  }
}

function logReads(database: DatabaseSync, identity: LogIdentity): Pick<Store, "prove" | "checkpoint"> {
  const reader = new LogReader(identity);
  return {
    async prove(index) {
      const { proof, checkpoint } = reader.inclusionProof(index);
      return { entry: reader.entry(index), proof: proof.map((hash) => Buffer.from(hash).toString("base64")), checkpoint: checkpoint.text };
    },
    async checkpoint() {
      const state = new StateTable(database).read();
      if (state === undefined) throw new Error("log.sqlite has no state"); // an open log has one
      return { checkpoint: state.checkpoint, size: state.size };
    },
  };
}

/** Makes the trust document the first entry. Of several processes that try, the log takes one entry, and the others find it there. */
async function begin(store: Store, genesis: Trust): Promise<void> {
  const begun = () => store.db.selectFrom("view_trust").select("idx").limit(1).executeTakeFirst();
  if ((await begun()) !== undefined) return;
  const statement = { subject: fingerprintOf(genesis), predicateType: PREDICATE.genesis, predicate: trustJson(genesis) };
  const key = readTicketKey(store.directory.keys, currentKey(genesis).keyid);
  try {
    await store.log.append(entryBytes(statement, key));
  } catch (error) {
    if ((await begun()) === undefined) throw error;
  }
}

/** `trust.json` is a copy for people; what counts is in the log. */
async function writeTrustFile(store: Store): Promise<void> {
  const bytes = trustBytes(await trustOf(store));
  const path = store.directory.trust;
  try {
    if (readFileSync(path).equals(bytes)) return;
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "ENOENT"))
      throw new RegistryError("WB_REGISTRY_DATA", `${path} cannot be read`, { hint: "Check its permissions.", cause });
  }
  await putFileDurably(path, bytes, tokenOf(store.surroundings));
}
