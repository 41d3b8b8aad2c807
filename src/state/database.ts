import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Kysely } from "kysely";
import { nodeSqliteDialect } from "../sqlite-dialect.ts";
import { useWal } from "../sqlite-wal.ts";
import { STATE_SCHEMA, type StateTables } from "./tables.ts";

/** The open tables `state_*`. `sql` is for what runs so often that building a query would cost more than running it. */
export interface State {
  readonly db: Kysely<StateTables>;
  readonly sql: DatabaseSync;
  close(): void;
}

/** Opens `state.sqlite` in the data directory, or makes it. Several processes may have it open; what one committed is durable. */
export function openState(root: string): State {
  const file = join(root, "state.sqlite");
  closeSync(openSync(file, "a", 0o600)); // SQLite gives its other files the mode of this one
  const sql = new DatabaseSync(file, { timeout: 5000 });
  useWal(sql);
  sql.exec("PRAGMA synchronous = FULL");
  sql.exec(STATE_SCHEMA);
  return {
    db: new Kysely<StateTables>({ dialect: nodeSqliteDialect(sql) }),
    sql,
    close: () => {
      if (sql.isOpen) sql.close();
    },
  };
}
