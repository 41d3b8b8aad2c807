export interface Torch7Function {
  readonly at: number;
  readonly size: number;
  /** Bytecode of the reference Lua or of LuaJIT, or source text: reading takes any of them. */
  readonly form: "lua" | "luajit" | "source";
  /** Names among its constants that reach the system, as they stand there. */
  readonly names: readonly string[];
}

export interface Torch7Facts {
  readonly size: number;
  /** Classes by name, with the offset of the first object of each. */
  readonly classes: readonly { readonly name: string; readonly at: number; readonly count: number }[];
  readonly functions: readonly Torch7Function[];
  readonly functionCount: number;
  /** Elements of all storages of numbers. */
  readonly elements: number;
  /** Where the object ends. */
  readonly endsAt: number;
}
