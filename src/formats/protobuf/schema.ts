/**
 * Messages of a protobuf schema as data: for each message its fields as `number name kind`, the kind being `varint`, `fixed32`, `fixed64`, `text`,
 * `bytes` or the name of a message, with `*` where the field is repeated. Maps are messages with a `key` and a `value`.
 */
export type SchemaTable = Readonly<Record<string, readonly string[]>>;

export interface FieldSpec {
  readonly number: number;
  readonly name: string;
  readonly kind: "varint" | "fixed32" | "fixed64" | "text" | "bytes" | "message";
  readonly repeated: boolean;
  /** Set for kind `message`. */
  readonly message: MessageSpec | null;
  /** Bytes of the payload that the visitor is given, as text or (packed varints) one value after the other; 0: only where it lies. */
  readonly keep: number;
  /** The payload is the content of a tensor: numbers, or bytes that a loader copies. */
  readonly tensor: boolean;
}

export interface MessageSpec {
  readonly name: string;
  readonly fields: ReadonlyMap<number, FieldSpec>;
}

export interface SchemaUse {
  /** `Message.field` to how many bytes of its payload are wanted. */
  readonly keep: Readonly<Record<string, number>>;
  /** `Message.field` of payloads that are contents of tensors. */
  readonly tensors: readonly string[];
}

interface OpenMessage extends MessageSpec {
  readonly fields: Map<number, FieldSpec>;
}

/** Compiles a table for one format. Throws on a table that names a message which it does not have: a bug. */
export function compileSchema(table: SchemaTable, { keep, tensors }: SchemaUse): Readonly<Record<string, MessageSpec>> {
  const messages: Record<string, OpenMessage> = {};
  for (const name of Object.keys(table)) messages[name] = { name, fields: new Map() };
  for (const [name, lines] of Object.entries(table))
    for (const line of lines) {
      const [number = "", field = "", written = ""] = line.split(" ");
      const repeated = written.endsWith("*");
      const kind = repeated ? written.slice(0, -1) : written;
      const message = messages[kind] ?? null;
      if (message === null && !LEAVES.has(kind)) throw new Error(`${name}.${field} is of ${kind}, which is not in the table`);
      messages[name]?.fields.set(Number(number), {
        number: Number(number),
        name: field,
        kind: message === null ? (kind as FieldSpec["kind"]) : "message", // one of LEAVES
        repeated,
        message,
        keep: keep[`${name}.${field}`] ?? 0,
        tensor: tensors.includes(`${name}.${field}`),
      });
    }
  return messages;
}

/** A message of a compiled schema; throws when there is none of that name: a bug. */
export function messageOf(schema: Readonly<Record<string, MessageSpec>>, name: string): MessageSpec {
  const message = schema[name];
  if (message === undefined) throw new Error(`no message ${name} in the schema`);
  return message;
}

const LEAVES: ReadonlySet<string> = new Set(["varint", "fixed32", "fixed64", "text", "bytes"]);
