/** Bytes from `begin` up to, not including, `end`. */
export interface Extent {
  readonly begin: number;
  readonly end: number;
}

export interface Span extends Extent {
  readonly name: string;
}

export interface Overlap extends Extent {
  readonly first: string;
  readonly second: string;
}

/** How named spans cover a stretch of bytes. */
export interface Layout {
  /** Between spans, in order: at most one before each span. */
  readonly gaps: readonly Extent[];
  /** The first ones of `overlapCount`. */
  readonly overlaps: readonly Overlap[];
  readonly overlapCount: number;
  /** After the last span; null when nothing is there. */
  readonly trailing: Extent | null;
}

const MAX_OVERLAPS = 16;

/** Finds what two spans own and what none owns between `begin` and `end`. Parts of spans outside are cut off; empty spans own nothing. */
export function layoutOf(spans: readonly Span[], begin: number, end: number): Layout {
  const gaps: Extent[] = [];
  const overlaps: Overlap[] = [];
  let overlapCount = 0;
  let reached = begin;
  let owner = "";
  for (const span of inOrder(spans)) {
    const from = Math.max(span.begin, begin);
    const to = Math.min(span.end, end);
    if (to <= from) continue;
    if (from > reached) gaps.push({ begin: reached, end: from });
    else if (from < reached) {
      overlapCount++;
      if (overlaps.length < MAX_OVERLAPS) overlaps.push({ begin: from, end: Math.min(to, reached), first: owner, second: span.name });
    }
    if (to > reached) {
      reached = to;
      owner = span.name;
    }
  }
  return { gaps, overlaps, overlapCount, trailing: reached < end ? { begin: reached, end } : null };
}

function inOrder(spans: readonly Span[]): readonly Span[] {
  const sorted = spans.every((span, i) => i === 0 || span.begin >= (spans[i - 1]?.begin ?? 0));
  return sorted ? spans : spans.toSorted((a, b) => a.begin - b.begin || a.end - b.end);
}

const MAX_EXTENTS = 256;

/** Few enough extents to visit each: beyond the bound the last one reaches to the end of all, so that searching them misses nothing. */
export function fewExtents(extents: readonly Extent[]): readonly Extent[] {
  const first = extents[MAX_EXTENTS - 1];
  const last = extents.at(-1);
  if (extents.length <= MAX_EXTENTS || first === undefined || last === undefined) return extents;
  return [...extents.slice(0, MAX_EXTENTS - 1), { begin: first.begin, end: last.end }];
}
