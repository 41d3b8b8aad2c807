import { compileSchema, messageOf } from "../protobuf/schema.ts";
import table from "./data/schema.json" with { type: "json" };

const MAX_PATH = 4096;

/** Model.proto and what it imports (coremltools mlmodel/format, specification version 10), which has the fields of the versions before. */
const CORE_ML = compileSchema(table, {
  keep: {
    "CustomModel.className": 300,
    "CustomLayerParams.className": 300,
    "StringParameter.defaultValue": MAX_PATH,
    "Value.BlobFileValue.fileName": MAX_PATH,
  },
  tensors: [
    "WeightParams.floatValue",
    "WeightParams.float16Value",
    "WeightParams.rawValue",
    "WeightParams.int8RawValue",
    "NeuralNetworkMeanImage.meanImage",
    "FloatVector.vector",
    "DoubleVector.vector",
    "Int64Vector.vector",
    "DenseVector.values",
    "Coefficients.alpha",
    "TensorValue.RepeatedFloats.values",
    "TensorValue.RepeatedInts.values",
    "TensorValue.RepeatedLongInts.values",
    "TensorValue.RepeatedDoubles.values",
    "TensorValue.RepeatedBytes.values",
  ],
});

export const MODEL = messageOf(CORE_ML, "Model");
