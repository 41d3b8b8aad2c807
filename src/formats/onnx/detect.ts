import { protobufDetector } from "../protobuf/kinds.ts";

/** A ModelProto: version, and a graph or functions, whatever the file is called. */
export const onnxDetector = protobufDetector("onnx");

/** Values on their own, as test data of models has them: a TensorProto, and a SequenceProto or OptionalProto. */
export const ONNX_VALUE_DETECTORS = [protobufDetector("onnx-tensor"), protobufDetector("onnx-sequence")];
