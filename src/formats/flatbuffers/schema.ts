/** A schema as a data file has it: fields in the order of their slots as `name type`. */
export interface SchemaFile {
  readonly source: string;
  readonly root: string;
  readonly tables: Readonly<Record<string, readonly string[]>>;
  /** Members of each union from 1 on; 0 is none. */
  readonly unions: Readonly<Record<string, readonly string[]>>;
}

/** `inline`: a scalar or struct of so many `bytes`; of a `vector` they are those of one element. All but inline fields are an offset of four bytes. */
export interface Field {
  readonly name: string;
  readonly kind: "inline" | "string" | "vector" | "strings" | "table" | "tables" | "union";
  readonly bytes: number;
  /** Table of `table` and `tables`. */
  readonly table?: string;
  /** Tables of `union`, by the number in the slot before it. */
  readonly members?: readonly string[];
}

export interface Schema {
  readonly root: string;
  readonly tables: ReadonlyMap<string, readonly Field[]>;
}

/**
 * Types of a field: `4` is a scalar of so many bytes, `#16` a struct, `s` a string, `t:Name` a table, `u:Name` a union, whose type stands in the slot
 * before; a `v` in front makes a vector of them. https://flatbuffers.dev/internals/
 */
export function schemaOf(file: SchemaFile): Schema {
  const tables = Object.entries(file.tables).map(([name, fields]) => [name, fields.map((field) => fieldOf(field, file))] as const);
  return { root: file.root, tables: new Map(tables) };
}

function fieldOf(text: string, { unions }: SchemaFile): Field {
  const [name = "", type = ""] = text.split(" ");
  const vector = type.startsWith("v");
  const element = vector ? type.slice(1) : type;
  const table = element.slice(2);
  if (element === "s") return { name, kind: vector ? "strings" : "string", bytes: 4 };
  if (element.startsWith("t:")) return { name, kind: vector ? "tables" : "table", bytes: 4, table };
  if (element.startsWith("u:")) return { name, kind: "union", bytes: 4, members: ["", ...(unions[table] ?? [])] };
  const bytes = Number(element.replace("#", ""));
  return vector ? { name, kind: "vector", bytes } : { name, kind: "inline", bytes };
}
