export interface Span {
  readonly offset: number;
  readonly size: number;
}

/** Where two spans claim the same bytes. */
export interface Overlap {
  readonly at: number;
  readonly size: number;
}

/** Parts of [0, size) that no span covers, and how much is covered twice. */
export function gapsOf(spans: readonly Span[], size: number): { readonly gaps: readonly Span[]; readonly overlaps: readonly Overlap[] } {
  const gaps: Span[] = [];
  const overlaps: Overlap[] = [];
  let end = 0;
  for (const { offset, size: length } of spans.toSorted((a, b) => a.offset - b.offset || a.size - b.size)) {
    if (offset > end) gaps.push({ offset: end, size: offset - end });
    if (offset < end && length > 0) overlaps.push({ at: offset, size: Math.min(end, offset + length) - offset });
    end = Math.max(end, offset + length);
  }
  if (end < size) gaps.push({ offset: end, size: size - end });
  return { gaps, overlaps };
}
