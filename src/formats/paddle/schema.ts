import { compileSchema, messageOf } from "../protobuf/schema.ts";
import table from "./data/schema.json" with { type: "json" };

/** framework.proto of Paddle 2.6, with the field for compatibility that Paddle 1.7 wrote. */
const PADDLE = compileSchema(table, {
  keep: { "OpDesc.type": 200, "OpDesc.Attr.name": 200, "OpDesc.Attr.s": 300, "OpDesc.Attr.strings": 300 },
  tensors: ["OpDesc.Attr.floats", "OpDesc.Attr.ints", "OpDesc.Attr.longs", "OpDesc.Attr.float64s"],
});

export const PROGRAM = messageOf(PADDLE, "ProgramDesc");
