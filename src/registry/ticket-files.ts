import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Digest, hexOf } from "../digest.ts";
import { type Envelope, parseEnvelope } from "../evidence/dsse.ts";
import type { Appended } from "../log/log.ts";
import { putFileDurably } from "./durable-file.ts";
import { type Store, tokenOf, trustOf } from "./store.ts";
import { leafOf, MAX_PAYLOAD_BYTES, parseTicket, type Ticket, ticketBytes } from "./ticket.ts";

/** A ticket of this registry, and where its file lies. */
export interface IssuedTicket {
  readonly origin: string;
  readonly leaf: string;
  readonly index: number;
  readonly artifact: Digest;
  readonly notAfter: string;
  readonly file: string;
  /** The ticket file's content. */
  readonly bytes: Buffer;
}

/** Writes the ticket file of an admission that was just appended. Resolves when it is durable. */
export async function issueTicket(store: Store, envelope: Envelope, { leafHash, ...appended }: Appended): Promise<IssuedTicket> {
  const { artifact, not_after } = await store.db
    .selectFrom("view_tickets")
    .select(["artifact", "not_after"])
    .where("leaf", "=", leafHash)
    .executeTakeFirstOrThrow();
  return writeTicket(store, artifact as Digest, not_after, { envelope, ...appended });
}

/**
 * The latest ticket of an artifact, or null when it never got one. A file that is missing or damaged is made again from the log, as after a kill
 * between commit and file.
 */
export async function latestTicket(store: Store, artifact: string): Promise<IssuedTicket | null> {
  const row = await store.db
    .selectFrom("view_tickets")
    .selectAll()
    .where("artifact", "=", artifact)
    .orderBy("idx", "desc")
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return null;
  const file = ticketFile(store, row.artifact as Digest); // the projector wrote it
  const bytes = await readFile(file).catch(() => Buffer.alloc(0));
  const parsed = parseTicket(bytes);
  if (parsed.kind === "parsed" && leafOf(parsed.value.envelope) === row.leaf)
    return { origin: parsed.value.issuer, leaf: row.leaf, index: row.idx, artifact: row.artifact as Digest, notAfter: row.not_after, file, bytes };
  const { entry, proof, checkpoint } = await store.prove(row.idx);
  const envelope = parseEnvelope(entry, MAX_PAYLOAD_BYTES);
  if (envelope.kind === "broken") throw new Error(`entry ${row.idx} of the log: ${envelope.why}`); // the projector read it
  return writeTicket(store, row.artifact as Digest, row.not_after, { envelope: envelope.value, index: row.idx, proof, checkpoint });
}

async function writeTicket(store: Store, artifact: Digest, notAfter: string, parts: Omit<Ticket, "issuer">): Promise<IssuedTicket> {
  const { origin } = await trustOf(store);
  const bytes = ticketBytes({ issuer: origin, ...parts });
  const file = ticketFile(store, artifact);
  await putFileDurably(file, bytes, tokenOf(store.surroundings));
  return { origin, leaf: leafOf(parts.envelope), index: parts.index, artifact, notAfter, file, bytes };
}

function ticketFile(store: Store, artifact: Digest): string {
  return join(store.directory.tickets, `${hexOf(artifact)}.json`);
}
