import type { ChildRef, FormatId } from "../format.ts";
import { NAMELESS } from "./format-traits.ts";

/** Under so many names the same bytes are examined where names matter. */
const MOST_NAMES = 8;

/** What was seen at a place that several children of one container lead to. */
export interface SeenBytes {
  readonly path: string;
  readonly formats: readonly FormatId[];
  /** Names under which these bytes were examined. */
  names: number;
  /** Names that stand for the same bytes and change nothing. */
  more: number;
  /** Names that were too many. */
  cut: number;
}

/** The children of one container that lie over the same bytes: a directory can lead to one place a hundred thousand times. */
export class SharedBytes {
  readonly #repeated: ReadonlySet<number>;
  readonly #seen = new Map<string, SeenBytes>();

  constructor(children: readonly ChildRef[]) {
    const offsets = Float64Array.from(children, offsetOf).sort();
    this.#repeated = new Set(offsets.filter((offset, i) => i > 0 && offset === offsets[i - 1] && offset !== NOWHERE));
  }

  /** Takes a child in that was examined. */
  examined(child: ChildRef, path: string, formats: readonly FormatId[]): void {
    if (!this.#repeated.has(offsetOf(child))) return;
    const seen = this.#seen.get(keyOf(child));
    if (seen === undefined) this.#seen.set(keyOf(child), { path, formats, names: 1, more: 0, cut: 0 });
    else seen.names++;
  }

  /**
   * Whether nothing new would come of examining a child: its bytes were examined, under this name or another. Others are counted there.
   * @param fits whether its name claims no other format than these
   */
  isKnown(child: ChildRef, path: string, fits: (formats: readonly FormatId[]) => boolean): boolean {
    const seen = this.#repeated.has(offsetOf(child)) ? this.#seen.get(keyOf(child)) : undefined;
    if (seen === undefined) return false;
    if (seen.path === path) return true;
    const same = seen.formats.length > 0 && seen.formats.every((format) => NAMELESS.has(format)) && fits(seen.formats);
    if (!same && seen.names < MOST_NAMES) return false;
    if (same) seen.more++;
    else seen.cut++;
    return true;
  }

  /** Places to which more names led than were examined. */
  get counted(): readonly SeenBytes[] {
    return [...this.#seen.values()].filter(({ more, cut }) => more + cut > 0);
  }
}

const NOWHERE = -1;

/** Where a child begins in its container. Bytes in memory, and those that were packed in one of many ways, are never taken for the same. */
function offsetOf({ region }: ChildRef): number {
  return region.in === "slice" || region.in === "compressed" ? region.offset : NOWHERE;
}

/** The same for children that are read the same. */
function keyOf({ region, treatment, as }: ChildRef): string {
  return JSON.stringify([region, treatment, as]);
}
