import type { DatabaseSync } from "node:sqlite";
import type { Projector } from "./log.ts";
import { equalHashes } from "./merkle.ts";
import { disagrees } from "./opening-checks.ts";
import { type LogState, StateTable } from "./state.ts";
import { readTile } from "./tile-folder.ts";
import { widthAt } from "./tile-paths.ts";
import { Tip } from "./tip.ts";

/**
 * Inside a transaction: drops every table and SQL view named `view_*` and the leaf index, and projects all entries of the log again, one bundle in
 * memory at a time. Throws LogError WB_LOG_DISAGREES when the entries do not hash to the root of the state.
 */
export function projectAgain(db: DatabaseSync, dir: string, state: LogState, projector: Projector): void {
  const views = db.prepare("SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view') AND name LIKE 'view\\_%' ESCAPE '\\'").all();
  for (const { type, name } of views) db.exec(`DROP ${type === "view" ? "VIEW" : "TABLE"} "${String(name).replaceAll('"', '""')}"`);
  db.exec("DELETE FROM log_leaf");
  projector.createViews?.(db);
  const table = new StateTable(db);
  let tip = Tip.EMPTY;
  for (let bundle = 0; widthAt("entries", bundle, state.size) > 0; bundle++) {
    const entries = readTile(dir, { level: "entries", index: bundle, width: widthAt("entries", bundle, state.size) });
    const next = tip.extend(entries);
    for (const [at, entry] of entries.entries()) {
      const hash = next.node(0, tip.size + at);
      table.addLeaf(hash, tip.size + at);
      projector.project(db, tip.size + at, entry, Buffer.from(hash).toString("hex"));
    }
    tip = next.trimmed();
  }
  if (!equalHashes(tip.root(), state.root)) throw disagrees("the entry bundles do not hash to the root of the log");
}
