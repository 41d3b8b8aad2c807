import { join } from "node:path";
import { LogError } from "./errors.ts";
import type { LogOptions, LogWriter } from "./log.ts";
import { equalHashes } from "./merkle.ts";
import { parseVerifierKey } from "./note-key.ts";
import { disagrees, type LogIdentity, readCheckpoint } from "./opening-checks.ts";
import { openDatabase, StateTable, transact } from "./state.ts";
import { verifyTiles } from "./verify-tiles.ts";
import { openLog } from "./writer.ts";

/**
 * Opens a log and makes all views and the leaf index anew from its entries. When log.sqlite was lost, its state is taken from the published
 * checkpoint, after every tile was verified against it; the checkpoint outside still guards against an older copy. Throws LogError.
 */
export function rebuildLog(options: LogOptions): LogWriter {
  const db = openDatabase(join(options.dir, "log.sqlite"));
  try {
    const table = new StateTable(db);
    transact(db, () => {
      if (table.read() === undefined) table.write(stateFromTiles({ ...options, verifier: parseVerifierKey(options.signer.verifierKey) }));
    });
  } finally {
    db.close();
  }
  const log = openLog(options);
  log.rebuildViews();
  return log;
}

function stateFromTiles(identity: LogIdentity) {
  const published = readCheckpoint(join(identity.dir, "checkpoint"), identity);
  if (published === undefined)
    throw new LogError("WB_LOG_STATE_LOST", "neither log.sqlite nor the checkpoint file is there", {
      hint: "Restore the data directory from a copy.",
    });
  const root = verifyTiles(
    identity.dir,
    published.size,
    ({ file, what }) => {
      throw disagrees(`${file} ${what}`);
    },
    () => {},
  );
  if (root === undefined || !equalHashes(root, published.root)) throw disagrees("the tiles do not hash to the root of the published checkpoint");
  return { size: published.size, root: published.root, checkpoint: published.text, settled: published.size };
}
