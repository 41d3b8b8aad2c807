/** `[module, names separated by spaces, key of the note]`: the shape of the tables in data/, one row a line so that a change is one line of a diff. */
export type Row = readonly string[];

export interface Table {
  readonly notes: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
}

/** Module → name → note. Two maps, so that no separator has to be kept out of hostile names. */
export type Index<T> = ReadonlyMap<string, ReadonlyMap<string, T>>;

/** Every (module, name) pair of the tables, in their order. */
export function* pairsOf<T>(
  tables: readonly { readonly rows: readonly Row[] }[],
  noteOf: (key: string, table: number) => T,
): Generator<[string, string, T]> {
  for (const [position, table] of tables.entries()) {
    for (const [module = "", names = "", key = ""] of table.rows) {
      const note = noteOf(key, position);
      for (const name of names.split(" ")) yield [module, name, note];
    }
  }
}

export function indexOf<T>(pairs: Iterable<readonly [string, string, T]>): Index<T> {
  const index = new Map<string, Map<string, T>>();
  for (const [module, name, note] of pairs) {
    const names = index.get(module);
    if (names === undefined) index.set(module, new Map([[name, note]]));
    else names.set(name, note);
  }
  return index;
}

/** `a.b.c`, `a.b`, `a`: a module and the packages around it, innermost first. */
export function* enclosing(module: string): Generator<string> {
  for (let path = module; path !== ""; ) {
    yield path;
    const dot = path.lastIndexOf(".");
    path = dot < 0 ? "" : path.slice(0, dot);
  }
}
