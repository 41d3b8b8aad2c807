import { readdirSync } from "node:fs";
import { join } from "node:path";
import { isAbsent, readIfThere } from "./durable-files.ts";
import { decodeEntries, encodeEntries } from "./entry-bundle.ts";
import { LogError } from "./errors.ts";
import { HASH_BYTES } from "./merkle.ts";
import { partialsPath, TILE_WIDTH, type TileName, tilePath } from "./tile-paths.ts";

/** The hashes or entries of one tile file, or why it is not what its name says. */
export type LoadedTile = { readonly kind: "loaded"; readonly items: readonly Uint8Array[] } | { readonly kind: "broken"; readonly why: string };

/** Reads exactly the file of this name. */
export function loadTile(dir: string, name: TileName): LoadedTile {
  const bytes = readIfThere(join(dir, tilePath(name)));
  if (bytes === undefined) return { kind: "broken", why: "is missing" };
  if (name.level === "entries") {
    const items = decodeEntries(bytes);
    if (items === undefined) return { kind: "broken", why: `ends inside an entry (${bytes.length} bytes)` };
    return items.length === name.width
      ? { kind: "loaded", items }
      : { kind: "broken", why: `holds ${items.length} entries instead of ${name.width}` };
  }
  if (bytes.length !== name.width * HASH_BYTES) return { kind: "broken", why: `is ${bytes.length} bytes long instead of ${name.width * HASH_BYTES}` };
  return { kind: "loaded", items: Array.from({ length: name.width }, (_, at) => bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES)) };
}

/**
 * The items of a tile or bundle. Where a partial one is gone (or was lost unsynced with the power), the full one or a wider partial answers: they
 * begin with the same items. Throws LogError WB_LOG_DAMAGED that names the file.
 */
export function readTile(dir: string, name: TileName): readonly Uint8Array[] {
  const exact = loadTile(dir, name);
  if (exact.kind === "loaded") return exact.items;
  for (const width of widerThan(dir, name)) {
    const wider = loadTile(dir, { ...name, width });
    if (wider.kind === "loaded") return wider.items.slice(0, name.width);
  }
  throw damaged(tilePath(name), exact.why);
}

/** The bytes of a tile or bundle, as the log serves them. Throws LogError WB_LOG_DAMAGED. */
export function readTileBytes(dir: string, name: TileName): Uint8Array {
  const items = readTile(dir, name);
  return name.level === "entries" ? encodeEntries(items) : Buffer.concat(items);
}

export function damaged(file: string, what: string): LogError {
  return new LogError("WB_LOG_DAMAGED", `${file} ${what}`, {
    hint: "It lies in log/ of the data directory. Run weighbridge log verify to see all damage, then restore the file from a copy: tiles are immutable, any copy will do.",
  });
}

function widerThan(dir: string, { level, index, width }: TileName): number[] {
  if (width === TILE_WIDTH) return [];
  const partials = namesIn(join(dir, partialsPath(level, index))).map(Number);
  return [TILE_WIDTH, ...partials.filter((other) => other > width && other < TILE_WIDTH).sort((a, b) => a - b)];
}

/** Names in a folder; none when it is absent. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}
