import type { Kysely } from "kysely";
import type { Digest } from "../digest.ts";
import { WeighbridgeError } from "../errors.ts";
import { type Envelope, parseEnvelope } from "../evidence/dsse.ts";
import type { SigningKey } from "../evidence/ed25519.ts";
import { parseSalted, SALT_BYTES, saltedOf } from "../evidence/salted.ts";
import type { Statement } from "../evidence/statement.ts";
import { currentKey, parseTrust, type Trust } from "../evidence/trust.ts";
import type { Json } from "../json.ts";
import type { Appended, Appender } from "../log/log.ts";
import { type BlobStore, hasBlob } from "./blobs.ts";
import type { DataDirectory } from "./data-directory.ts";
import { entryBytes } from "./entries.ts";
import { RegistryError } from "./errors.ts";
import { readTicketKey } from "./keys.ts";
import type { KnownTexts } from "./known-texts.ts";
import type { Surroundings } from "./surroundings.ts";
import { MAX_PAYLOAD_BYTES } from "./ticket.ts";
import type { Views } from "./views.ts";

/** What every query works on. */
export interface ReadStore {
  readonly directory: DataDirectory;
  readonly db: Kysely<Views>;
  readonly blobs: BlobStore;
  readonly texts: KnownTexts;
  /** An entry with the proof that it is under the current checkpoint. */
  prove(index: number): Promise<Proven>;
  /** The log's published checkpoint, a signed note, and how many entries it covers. */
  checkpoint(): Promise<{ readonly checkpoint: string; readonly size: number }>;
  readonly surroundings: Surroundings;
}

/** What every act works on. */
export interface Store extends ReadStore {
  readonly log: Appender;
  /** Ticket keys that were read, by id. */
  readonly keys: Map<string, SigningKey>;
}

export interface Proven {
  readonly entry: Uint8Array;
  readonly proof: readonly string[];
  readonly checkpoint: string;
}

/** An act that is in the log: durable, covered by a signed checkpoint, and in the views. */
export interface Acted {
  readonly appended: Appended;
  readonly envelope: Envelope;
}

/** Signs a statement with the current ticket key and appends it. Resolves when it is durable. Throws RegistryError, LogError. */
export async function act(store: Store, statement: Statement): Promise<Acted> {
  const entry = entryBytes(statement, await currentSigningKey(store));
  const appended = await store.log.append(entry).catch(asRegistryError);
  const envelope = parseEnvelope(entry, MAX_PAYLOAD_BYTES);
  if (envelope.kind === "broken") throw new Error(`an entry of ours cannot be read: ${envelope.why}`);
  return { appended, envelope: envelope.value };
}

/** What the projector threw lost its class on the way between the threads. */
function asRegistryError(error: unknown): never {
  if (error instanceof WeighbridgeError && error.code === "WB_REGISTRY_ENTRY_REFUSED")
    throw new RegistryError("WB_REGISTRY_ENTRY_REFUSED", error.message, { hint: error.hint, cause: error });
  throw error;
}

/** A text that no other writer has. */
export function tokenOf(surroundings: Surroundings): string {
  return Buffer.from(surroundings.randomBytes(8)).toString("hex");
}

export function nowOf(store: ReadStore): string {
  return store.surroundings.now().toISOString();
}

/** The trust document in force. Read each time: another process may have changed the key. */
export async function trustOf(store: ReadStore): Promise<Trust> {
  const { document } = await store.db.selectFrom("view_trust").select("document").orderBy("idx", "desc").limit(1).executeTakeFirstOrThrow();
  const trust = parseTrust(Buffer.from(document));
  if (trust.kind === "broken") throw new Error(`view_trust: ${trust.why}`); // the projector checked it
  return trust.value;
}

export async function currentSigningKey(store: Store): Promise<SigningKey> {
  const { keyid } = currentKey(await trustOf(store));
  const key = store.keys.get(keyid) ?? readTicketKey(store.directory.keys, keyid);
  store.keys.set(keyid, key);
  return key;
}

/** Stores a text that may have to be erased, and yields what the log may know of it. */
export async function storeText(store: Store, value: Json): Promise<Digest> {
  return store.blobs.put(saltedOf(value, store.surroundings.randomBytes(SALT_BYTES)).bytes);
}

/** A text as it is found now. `evidence-missing`: its blob was erased or damaged; the log still has its digest. */
export type StoredText = { readonly kind: "text"; readonly value: Json } | { readonly kind: "evidence-missing" };

/** The words of a text that was stored as such; null where they were erased. */
export function wordsOf(text: StoredText): string | null {
  return text.kind === "text" && typeof text.value === "string" ? text.value : null;
}

export async function readText(store: ReadStore, digest: string): Promise<StoredText> {
  const known = store.texts.get(digest);
  if (known !== undefined && hasBlob(store.directory.blobs, digest as Digest)) return { kind: "text", value: known };
  store.texts.forget(digest);
  const blob = await store.blobs.get(digest as Digest); // the views hold what the readers of predicates let through
  if (blob.kind !== "found") return { kind: "evidence-missing" };
  const text = parseSalted(blob.bytes);
  if (text.kind !== "parsed") return { kind: "evidence-missing" };
  store.texts.keep(digest, text.value);
  return { kind: "text", value: text.value };
}

/** A reason that somebody gave, without the space around it. Throws RegistryError WB_REGISTRY_NO_REASON. */
export function reasonGiven(reason: string): string {
  const text = reason.trim();
  if (text !== "" && text.length <= 4000) return text;
  throw new RegistryError("WB_REGISTRY_NO_REASON", text === "" ? "no reason was given" : "the reason is longer than 4000 characters", {
    hint: "Say in a sentence why, for those who read the record later.",
  });
}
