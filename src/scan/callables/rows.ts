/** `[module, names separated by spaces, key of the note]`: the shape of the tables in data/, one row a line so that a change is one line of a diff. */
export type Row = readonly string[];

export interface Table {
  readonly notes: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
}

/** The note of an exact (module, name) pair; undefined when no row has it. */
export type Lookup<T> = (module: string, name: string) => T | undefined;

/** Every (module, name, key) of a table, in its order. */
export function* pairsOf(rows: readonly Row[]): Generator<readonly [module: string, name: string, key: string]> {
  for (const [module = "", names = "", key = ""] of rows) {
    for (const name of names.split(" ")) yield [module, name, key];
  }
}

/**
 * Finds pairs by two maps, so that no separator has to be kept out of hostile names. The names of a module are split when it is first asked for:
 * a scan asks for a few dozen of some thousand modules.
 */
export function lookupIn<T>(rows: readonly Row[], noteOf: (key: string) => T): Lookup<T> {
  const rowsOf = Map.groupBy(rows, ([module = ""]) => module);
  const split = new Map<string, ReadonlyMap<string, T>>();
  return (module, name) => {
    const own = rowsOf.get(module);
    if (own === undefined) return undefined;
    let notes = split.get(module);
    if (notes === undefined) {
      notes = new Map(Array.from(pairsOf(own), ([, each, key]) => [each, noteOf(key)]));
      split.set(module, notes);
    }
    return notes.get(name);
  };
}

/** `a.b.c`, `a.b`, `a`: a module and the packages around it, innermost first. */
export function* enclosing(module: string): Generator<string> {
  for (let path = module; path !== ""; ) {
    yield path;
    const dot = path.lastIndexOf(".");
    path = dot < 0 ? "" : path.slice(0, dot);
  }
}
