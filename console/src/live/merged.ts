/** A list that is read from its newest end, a page at a time. */
export interface Known<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/**
 * Puts a newly read first page before what is known. Where they do not meet, more has happened in between than one page holds: then only the new page
 * counts, so that no gap looks like none.
 */
export function mergeNewest<T>(known: Known<T>, page: Known<T>, keyOf: (item: T) => unknown): Known<T> {
  const last = page.items.at(-1);
  if (last === undefined) return page;
  const meets = known.items.findIndex((item) => keyOf(item) === keyOf(last));
  if (meets === -1 || page.next === null) return page;
  return { items: [...page.items, ...known.items.slice(meets + 1)], next: known.items.length > meets + 1 ? known.next : page.next };
}

/** Puts an older page behind what is known. */
export function mergeOlder<T>(known: Known<T>, page: Known<T>, keyOf: (item: T) => unknown): Known<T> {
  const keys = new Set(known.items.map(keyOf));
  return { items: [...known.items, ...page.items.filter((item) => !keys.has(keyOf(item)))], next: page.next };
}
