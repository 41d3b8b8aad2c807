import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Digest, hexOf } from "../digest.ts";
import { type Envelope, parseEnvelope } from "../evidence/dsse.ts";
import type { Appended } from "../log/log.ts";
import { putFileDurably } from "./durable-file.ts";
import { type ReadStore, type Store, tokenOf, trustOf } from "./store.ts";
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
  const ticket = await ticketOf(store, artifact as Digest, not_after, { envelope, ...appended }); // the projector wrote it
  await putFileDurably(ticket.file, ticket.bytes, tokenOf(store.surroundings));
  return ticket;
}

/** The latest ticket, in its file again where that was missing or damaged, as after a kill between commit and file. */
export async function keptTicket(store: Store, artifact: string): Promise<IssuedTicket | null> {
  const ticket = await latestTicket(store, artifact);
  if (ticket === null) return null;
  if (!(await storedBytes(ticket.file)).equals(ticket.bytes)) await putFileDurably(ticket.file, ticket.bytes, tokenOf(store.surroundings));
  return ticket;
}

/** The latest ticket of an artifact, or null when it never got one. Where its file is missing or damaged it is made of the log, and not stored. */
export async function latestTicket(store: ReadStore, artifact: string): Promise<IssuedTicket | null> {
  const row = await store.db
    .selectFrom("view_tickets")
    .selectAll()
    .where("artifact", "=", artifact)
    .orderBy("idx", "desc")
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return null;
  const file = ticketFile(store, row.artifact as Digest); // the projector wrote it
  const bytes = await storedBytes(file);
  const parsed = parseTicket(bytes);
  if (parsed.kind === "parsed" && leafOf(parsed.value.envelope) === row.leaf)
    return { origin: parsed.value.issuer, leaf: row.leaf, index: row.idx, artifact: row.artifact as Digest, notAfter: row.not_after, file, bytes };
  const { entry, proof, checkpoint } = await store.prove(row.idx);
  const envelope = parseEnvelope(entry, MAX_PAYLOAD_BYTES);
  if (envelope.kind === "broken") throw new Error(`entry ${row.idx} of the log: ${envelope.why}`); // the projector read it
  return ticketOf(store, row.artifact as Digest, row.not_after, { envelope: envelope.value, index: row.idx, proof, checkpoint });
}

async function ticketOf(store: ReadStore, artifact: Digest, notAfter: string, parts: Omit<Ticket, "issuer">): Promise<IssuedTicket> {
  const { origin } = await trustOf(store);
  const bytes = ticketBytes({ issuer: origin, ...parts });
  return { origin, leaf: leafOf(parts.envelope), index: parts.index, artifact, notAfter, file: ticketFile(store, artifact), bytes };
}

/** No bytes where there is no file. */
function storedBytes(file: string): Promise<Buffer> {
  return readFile(file).catch(() => Buffer.alloc(0));
}

function ticketFile(store: ReadStore, artifact: Digest): string {
  return join(store.directory.tickets, `${hexOf(artifact)}.json`);
}
