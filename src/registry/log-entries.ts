import { setTimeout } from "node:timers/promises";
import { parseStatement, type Statement } from "../evidence/statement.ts";
import { LogError } from "../log/errors.ts";
import { leafHash } from "../log/merkle.ts";
import { parseEntry } from "./entries.ts";
import type { Proven, ReadStore } from "./store.ts";
import { MAX_PAYLOAD_BYTES } from "./ticket.ts";

/** An entry as the tables know it. */
export interface EntrySummary {
  readonly index: number;
  readonly leaf: string;
  readonly kind: string;
  readonly subject: string;
  readonly at: string;
}

/** An entry with all that shows that it is in the log. */
export interface EntryWithProof extends EntrySummary {
  readonly entry: Uint8Array;
  readonly statement: Statement;
  readonly keyId: string;
  /** RFC 6962 hashes from the leaf to the root, base64. */
  readonly proof: readonly string[];
  readonly checkpoint: string;
}

/** The newest first, below `before`. */
export function entriesBefore(store: ReadStore, before: number, limit: number): Promise<readonly EntrySummary[]> {
  return store.db
    .selectFrom("view_acts")
    .select(["idx as index", "leaf", "kind", "subject", "at"])
    .where("idx", "<", before)
    .orderBy("idx", "desc")
    .limit(limit)
    .execute();
}

/** Null where the log has no such entry. Throws LogError. */
export async function entryWithProof(store: ReadStore, index: number): Promise<EntryWithProof | null> {
  const row = await store.db.selectFrom("view_acts").select(["leaf", "kind", "subject", "at"]).where("idx", "=", index).executeTakeFirst();
  if (row === undefined) return null;
  const { entry, proof, checkpoint } = await provenSoon(store, index);
  const parsed = parseEntry(entry);
  if (parsed.kind === "broken") throw new Error(`entry ${index} of the log: ${parsed.why}`); // the projector read it
  const statement = parseStatement(parsed.value.envelope.payload, MAX_PAYLOAD_BYTES);
  if (statement.kind === "broken") throw new Error(`entry ${index} of the log: ${statement.why}`); // `parseEntry` read it
  return {
    index,
    ...row,
    leaf: Buffer.from(leafHash(entry)).toString("hex"),
    entry,
    statement: statement.value,
    keyId: parsed.value.keyId,
    proof,
    checkpoint,
  };
}

const PUBLISHED_WITHIN_MS = 1000;
const LOOK_AGAIN_MS = 20;

/** What was committed a moment ago is published a moment later. */
async function provenSoon(store: ReadStore, index: number): Promise<Proven> {
  for (let waitedMs = 0; ; waitedMs += LOOK_AGAIN_MS) {
    try {
      return await store.prove(index);
    } catch (error) {
      if (!(error instanceof LogError && error.code === "WB_LOG_NOT_COVERED") || waitedMs >= PUBLISHED_WITHIN_MS) throw error;
      await setTimeout(LOOK_AGAIN_MS);
    }
  }
}
