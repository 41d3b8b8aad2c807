import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { putFile, syncPath } from "./durable-files.ts";
import type { LogStep } from "./log.ts";
import { partialsPath, TILE_WIDTH, tilePath, tilesSince } from "./tile-paths.ts";
import type { Tip } from "./tip.ts";

type Observe = (step: LogStep) => void;

/** Writes the tiles and bundles that grew since `from`. Not yet durable: until they are, staged bundles say the same. Repeating it writes the same bytes. */
export function writeTiles(dir: string, tip: Tip, from: number, temporary: string, observe: Observe): void {
  for (const { name, bytes } of tip.filesSince(from)) {
    observe("write tile");
    putFile(join(dir, tilePath(name)), bytes, temporary);
  }
}

/** Makes those tiles durable, with their names and folders. Partial tiles of sizes between are left out: wider ones say the same. */
export function syncTiles(dir: string, from: number, size: number, observe: Observe): void {
  const folders = new Set([join(dir, "tile"), dir]);
  for (const name of tilesSince(from, size)) {
    observe("sync tile");
    const path = join(dir, tilePath(name));
    syncPath(path);
    for (let folder = dirname(path); !folders.has(folder); folder = dirname(folder)) folders.add(folder);
  }
  for (const folder of folders) syncPath(folder);
}

/** Removes the partial tiles of those that are full and durable now. */
export function dropPartials(dir: string, from: number, size: number): void {
  for (const { level, index, width } of tilesSince(from, size))
    if (width === TILE_WIDTH) rmSync(join(dir, partialsPath(level, index)), { recursive: true, force: true });
}
