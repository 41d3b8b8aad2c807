import { compileSchema, messageOf } from "../protobuf/schema.ts";
import table from "./data/schema.json" with { type: "json" };
import { MAX_TEXT } from "./facts.ts";

/** onnx-ml.proto and onnx-data.proto of ONNX 1.19 and 1.22 (IR version 13), which has all fields of the versions before. */
const ONNX = compileSchema(table, {
  keep: {
    "ModelProto.producer_name": 200,
    "OperatorSetIdProto.domain": 200,
    "NodeProto.op_type": 200,
    "NodeProto.domain": 200,
    "FunctionProto.name": 200,
    "FunctionProto.domain": 200,
    "AttributeProto.name": 200,
    "AttributeProto.s": MAX_TEXT,
    "TensorProto.name": 200,
    "TensorProto.dims": 640,
    "StringStringEntryProto.key": 200,
    "StringStringEntryProto.value": MAX_TEXT,
  },
  tensors: [
    "TensorProto.raw_data",
    "TensorProto.float_data",
    "TensorProto.int32_data",
    "TensorProto.int64_data",
    "TensorProto.uint64_data",
    "TensorProto.double_data",
    "AttributeProto.floats",
    "AttributeProto.ints",
    "MapProto.keys",
  ],
});

export const MODEL = messageOf(ONNX, "ModelProto");
export const TENSOR = messageOf(ONNX, "TensorProto");
/** Also for an OptionalProto, which has the same fields, each once. */
export const SEQUENCE = messageOf(ONNX, "SequenceProto");
