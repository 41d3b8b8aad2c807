import { protobufDetector } from "../protobuf/kinds.ts";
import { checkpointStateDetector } from "./checkpoint-state/detect.ts";
import { tableDetector } from "./table/detect.ts";

export const TENSORFLOW_DETECTORS = [
  protobufDetector("tf-savedmodel"),
  protobufDetector("tf-metagraph"),
  protobufDetector("tf-graphdef"),
  protobufDetector("tf-fingerprint"),
  protobufDetector("tf-debug-info"),
  protobufDetector("tf-keras-metadata"),
  tableDetector,
  checkpointStateDetector,
];
