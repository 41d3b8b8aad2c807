/** Where a filter takes the name of an attribute, by position; `attribute=` is one in all of them. https://jinja.palletsprojects.com/en/stable/templates/#list-of-builtin-filters */
export const ATTRIBUTE_POSITION: Readonly<Record<string, number>> = {
  attr: 0,
  selectattr: 0,
  rejectattr: 0,
  groupby: 0,
  sum: 0,
  join: 1,
  min: 1,
  max: 1,
  unique: 1,
  sort: 2,
};

/** Where a filter takes the name of another filter or of a test, by position. */
export const NAMED_POSITION: Readonly<Record<string, { readonly at: number; readonly kind: "filter" | "test" }>> = {
  map: { at: 0, kind: "filter" },
  select: { at: 0, kind: "test" },
  reject: { at: 0, kind: "test" },
  selectattr: { at: 1, kind: "test" },
  rejectattr: { at: 1, kind: "test" },
};

/** Filters and methods whose output is as wide as an argument says: the position and the name of that argument. */
export const WIDTH_ARGUMENT: Readonly<Record<string, { readonly at: number; readonly named?: string }>> = {
  center: { at: 0, named: "width" },
  indent: { at: 0, named: "width" },
  tojson: { at: 0, named: "indent" },
  ljust: { at: 0 },
  rjust: { at: 0 },
  zfill: { at: 0 },
  expandtabs: { at: 0, named: "tabsize" },
  batch: { at: 0, named: "linecount" },
  slice: { at: 0, named: "slices" },
  round: { at: 0, named: "precision" },
  lipsum: { at: 0, named: "n" },
};
