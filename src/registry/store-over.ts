import type { DatabaseSync } from "node:sqlite";
import { Kysely } from "kysely";
import type { LogIdentity } from "../log/opening-checks.ts";
import { nodeSqliteDialect } from "../sqlite-dialect.ts";
import { BlobStore } from "./blobs.ts";
import type { DataDirectory } from "./data-directory.ts";
import { KnownTexts } from "./known-texts.ts";
import { proofsOf } from "./proofs.ts";
import { type ReadStore, tokenOf } from "./store.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Views } from "./views.ts";

/** What queries work on, over an open database of a data directory: its views, its blobs, and proofs against its log's checkpoint. */
export function storeOver(database: DatabaseSync, log: LogIdentity, directory: DataDirectory, surroundings: Surroundings): ReadStore {
  return {
    directory,
    db: new Kysely<Views>({ dialect: nodeSqliteDialect(database) }),
    blobs: new BlobStore(directory.blobs, () => tokenOf(surroundings)),
    texts: new KnownTexts(),
    surroundings,
    ...proofsOf(database, log),
  };
}
