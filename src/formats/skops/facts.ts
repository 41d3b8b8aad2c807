import type { ZipFacts } from "../zip/index.ts";

/** One distinct type that the tree of objects names, with how its loader takes it. */
export interface SkopsType {
  readonly module: string;
  readonly name: string;
  /** Class of skops that restores it: `ObjectNode`, `FunctionNode`, `MethodNode` … */
  readonly loader: string;
  /** Of a method: its name, looked up on the object when the file is loaded. */
  readonly method: string | null;
  /** JSON pointer of the first one. */
  readonly pointer: string;
  readonly count: number;
}

export interface SkopsFacts {
  readonly zip: ZipFacts;
  /** Members whose content was read as the schema. */
  readonly schemas: readonly number[];
  /** Whether some schema is one of skops. */
  readonly recognised: boolean;
  /** Protocol that the schema states. */
  readonly protocol: number | null;
  readonly types: readonly SkopsType[];
  /** Members that nodes for bytes take as data, as names. */
  readonly data: readonly string[];
  /** Keys that stand twice in one object of the schema: Python takes the last. */
  readonly duplicates: readonly string[];
  /** Why some schema was not read to its end. */
  readonly unread: string | null;
  /** Types left out by the bound on the list. */
  readonly dropped: number;
}

export const MAX_TYPES = 2000;
