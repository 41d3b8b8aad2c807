import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Digest } from "../digest.ts";
import { PREDICATE } from "../evidence/predicate-types.ts";
import { currentKey, fingerprintOf, type Trust, trustBytes, trustJson } from "../evidence/trust.ts";
import { parseVerifierKey } from "../log/note-key.ts";
import type { LogIdentity } from "../log/opening-checks.ts";
import { type AliasRecord, nameArtifact } from "./aliases.ts";
import { type ApprovalRequest, approve, type Held } from "./approvals.ts";
import { makeDataDirectory, outsideCheckpointOf } from "./data-directory.ts";
import { type Deployment, type DeploymentRequest, deploy, withdraw } from "./deployments.ts";
import { putFileDurably } from "./durable-file.ts";
import { entryBytes } from "./entries.ts";
import { RegistryError } from "./errors.ts";
import { exportStatus } from "./export-status.ts";
import { openKeys, readTicketKey } from "./keys.ts";
import { startLog } from "./log-worker.ts";
import { type PolicySetRecord, recordPolicySet } from "./policy-sets.ts";
import { type ReaderOptions, RegistryReader } from "./reader.ts";
import { type AdmissionRecord, type Recorded, recordAdmission } from "./record-admission.ts";
import { changeStanding, type StandingChange, type StandingChanged } from "./revocations.ts";
import { changeRole, type RoleChangeRecord } from "./roles.ts";
import { rotateTicketKey } from "./rotate-key.ts";
import { type Store, tokenOf, trustOf } from "./store.ts";
import { storeOver } from "./store-over.ts";
import { type IssuedTicket, keptTicket } from "./ticket-files.ts";

export interface RegistryOptions extends ReaderOptions {
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
    ...(stateFolder === undefined ? {} : { outsideCheckpoint: outsideCheckpointOf(stateFolder, genesis.origin) }),
  });
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(join(directory.log, "log.sqlite"), { readOnly: true, timeout: 5000 });
    const identity: LogIdentity = { dir: directory.log, origin: genesis.origin, verifier: parseVerifierKey(genesis.logKey) };
    const store: Store = { ...storeOver(database, identity, directory, surroundings), log, keys: new Map() };
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
export class Registry extends RegistryReader {
  readonly #store: Store;

  constructor(store: Store, log: LogIdentity, database: DatabaseSync) {
    super(store, log, database);
    this.#store = store;
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

  changeStanding(change: StandingChange): Promise<StandingChanged> {
    return changeStanding(this.#store, change);
  }

  nameArtifact(record: AliasRecord): Promise<void> {
    return nameArtifact(this.#store, record);
  }

  deploy(request: DeploymentRequest): Promise<Deployment> {
    return deploy(this.#store, request);
  }

  withdraw(request: { readonly id: string; readonly reason: string; readonly principal: string }): Promise<void> {
    return withdraw(this.#store, request);
  }

  changeRole(record: RoleChangeRecord): Promise<"changed" | "already"> {
    return changeRole(this.#store, record);
  }

  /** As a reader answers; and where the ticket's file was missing or damaged, it is put in its place again. */
  override ticket(artifact: Digest): Promise<IssuedTicket | null> {
    return keptTicket(this.#store, artifact);
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
  override async close(): Promise<void> {
    await this.#store.log.close();
    await super.close();
  }
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
