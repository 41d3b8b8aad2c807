import { compileSchema, messageOf } from "../protobuf/schema.ts";
import table from "./data/schema.json" with { type: "json" };

export const MAX_NAME = 300;

/** The messages of TensorFlow 2.x (tensorflow/core/framework and core/protobuf), which has the fields of the versions before. */
const TENSORFLOW = compileSchema(table, {
  keep: {
    "NodeDef.name": MAX_NAME,
    "NodeDef.op": MAX_NAME,
    "NodeDef.input": MAX_NAME,
    "TensorProto.string_val": MAX_NAME,
    "SaverDef.filename_tensor_name": MAX_NAME,
    "NodeDef.AttrEntry.key": MAX_NAME,
    "AttrValue.s": MAX_NAME,
    "AttrValue.ListValue.s": MAX_NAME,
    "NameAttrList.name": MAX_NAME,
    "OpDef.name": MAX_NAME,
    "AssetFileDef.filename": 4096,
    "MetaGraphDef.MetaInfoDef.tensorflow_version": 40,
    "SavedUserObject.identifier": 100,
    "SavedSliceMeta.name": MAX_NAME,
    "KerasSavedObject.identifier": 100,
  },
  tensors: [
    "TensorProto.tensor_content",
    "TensorProto.half_val",
    "TensorProto.float_val",
    "TensorProto.double_val",
    "TensorProto.int_val",
    "TensorProto.int64_val",
    "TensorProto.bool_val",
    "TensorProto.uint32_val",
    "TensorProto.uint64_val",
    "TensorProto.float8_val",
  ],
});

export const SAVED_MODEL = messageOf(TENSORFLOW, "SavedModel");
export const META_GRAPH = messageOf(TENSORFLOW, "MetaGraphDef");
export const GRAPH_DEF = messageOf(TENSORFLOW, "GraphDef");
export const FINGERPRINT = messageOf(TENSORFLOW, "FingerprintDef");
export const DEBUG_INFO = messageOf(TENSORFLOW, "GraphDebugInfo");
export const KERAS_METADATA = messageOf(TENSORFLOW, "KerasSavedMetadata");
export const SAVED_SLICES = messageOf(TENSORFLOW, "SavedTensorSlices");
