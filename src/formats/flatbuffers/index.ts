export type { Schema, SchemaFile } from "./schema.ts";
export { schemaOf } from "./schema.ts";
export { notZero, type Span, Spans } from "./spans.ts";
export type { FlatTable, FlatVector } from "./table.ts";
export { type ReadBytes, type Verified, verifyFlatBuffer } from "./verify.ts";
