import { branchFilter } from "./branch-filter.ts";
import { BrokenStreamError, UnsupportedStreamError } from "./input.ts";

/** Undoes what a writer did to the bytes before it compressed them. */
export interface XzFilter {
  /** The bytes that are settled so far. */
  undo(bytes: Uint8Array): Uint8Array;
  /** What was kept back until its end was known. */
  end(): Uint8Array;
}

const DELTA = 3;

/** A filter that stands before LZMA2, by its id (xz-file-format 1.2.1, section 5.3). */
export function filterOf(id: number, properties: Uint8Array): XzFilter {
  const filter = id === DELTA ? deltaFilter(properties) : branchFilter(id, properties);
  if (filter === null) throw new UnsupportedStreamError(`xz filter 0x${id.toString(16)} is not known`);
  return filter;
}

/** All filters of a block as one; the last in the list is undone first. */
export function chainOf(filters: readonly XzFilter[]): XzFilter {
  const inner = filters.toReversed();
  return {
    undo: (bytes) => inner.reduce((piece, filter) => filter.undo(piece), bytes),
    end: () => inner.reduce((rest, filter) => Buffer.concat([filter.undo(rest), filter.end()]), new Uint8Array(0)),
  };
}

function deltaFilter(properties: Uint8Array): XzFilter {
  const [distance = 0] = properties;
  if (properties.length !== 1) throw new BrokenStreamError("properties of a delta filter with a wrong length");
  return new DeltaFilter(distance + 1);
}

/** Each byte is the difference to the one `distance` before (section 5.3.3). */
class DeltaFilter implements XzFilter {
  readonly #history: Uint8Array;
  #at = 0;

  constructor(distance: number) {
    this.#history = new Uint8Array(distance);
  }

  undo(bytes: Uint8Array): Uint8Array {
    const history = this.#history;
    const out = new Uint8Array(bytes.length);
    let at = this.#at;
    for (let i = 0; i < bytes.length; i++) {
      const value = (bytes[i] as number) + (history[at] as number); // both below their lengths
      out[i] = value;
      history[at] = value;
      at = at + 1 === history.length ? 0 : at + 1;
    }
    this.#at = at;
    return out;
  }

  end(): Uint8Array {
    return new Uint8Array(0);
  }
}
