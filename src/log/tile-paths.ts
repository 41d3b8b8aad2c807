/** Hashes in a full tile, entries in a full bundle (C2SP tlog-tiles). */
export const TILE_WIDTH = 256;

/** A level of hashes, 0 to 63, or the entry bundles. */
export type TileLevel = number | "entries";

/** One tile or entry bundle. `width` is 256 for a full one. */
export interface TileName {
  readonly level: TileLevel;
  readonly index: number;
  readonly width: number;
}

/** `tile/<level>/<index>[.p/<width>]`, the index in groups of three digits, all but the last marked `x`. */
export function tilePath({ level, index, width }: TileName): string {
  const full = `tile/${level}/${groups(index)}`;
  return width === TILE_WIDTH ? full : `${full}.p/${width}`;
}

/** Folder of the partial tiles of one tile. */
export function partialsPath(level: TileLevel, index: number): string {
  return `tile/${level}/${groups(index)}.p`;
}

/** Reads a path that a client asks for; undefined when it is not exactly what `tilePath` writes. */
export function parseTilePath(path: string): TileName | undefined {
  const [, levelText = "", indexText = "", widthText] =
    /^tile\/([0-9]{1,2}|entries)\/((?:x[0-9]{3}\/){0,5}[0-9]{3})(?:\.p\/([0-9]{1,3}))?$/.exec(path) ?? [];
  const level: TileLevel = levelText === "entries" ? levelText : Number(levelText);
  const name: TileName = { level, index: Number(indexText.replace(/[x/]/g, "")), width: widthText === undefined ? TILE_WIDTH : Number(widthText) };
  const valid = indexText !== "" && (level === "entries" || level < 64) && name.width >= 1 && Number.isSafeInteger(name.index);
  return valid && tilePath(name) === path ? name : undefined;
}

/** How many hashes (or entries) level `level` holds in a tree of `size`: one for each full tile below. */
export function countAt(level: TileLevel, size: number): number {
  return level === "entries" ? size : Math.floor(size / TILE_WIDTH ** level);
}

/** Width of tile `index` of `level` in a tree of `size`; 0 when there is none. */
export function widthAt(level: TileLevel, index: number, size: number): number {
  return Math.max(0, Math.min(TILE_WIDTH, countAt(level, size) - index * TILE_WIDTH));
}

/** Levels of hashes in a tree of `size`, lowest first. */
export function levelsOf(size: number): number[] {
  const levels: number[] = [];
  for (let level = 0; countAt(level, size) > 0; level++) levels.push(level);
  return levels;
}

/** The tiles and bundles that a tree of `size` has and one of `from` has not: bundles first, then level by level. */
export function* tilesSince(from: number, size: number): Generator<TileName> {
  for (const level of ["entries" as const, ...levelsOf(size)]) {
    if (countAt(level, from) === countAt(level, size)) continue;
    for (let index = Math.floor(countAt(level, from) / TILE_WIDTH); widthAt(level, index, size) > 0; index++)
      yield { level, index, width: widthAt(level, index, size) };
  }
}

function groups(index: number): string {
  const digits = String(index);
  const threes = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/.{3}/g) ?? [];
  return threes.map((group, at) => (at === threes.length - 1 ? group : `x${group}`)).join("/");
}
