import { protobufDetector } from "../protobuf/kinds.ts";

/** A ModelProto: version, and a graph or functions, whatever the file is called. */
export const onnxDetector = protobufDetector("onnx");
