import type { Rule } from "../../finding.ts";

const SECURITY = "https://github.com/tensorflow/tensorflow/blob/master/SECURITY.md";

export const TENSORFLOW_RULES = {
  actingOperator: {
    id: "tf-acting-operator",
    summary: "an operator of a TensorFlow graph that reaches out of the computation",
    gain: "TensorFlow runs what the graph says with all rights of the process, in every version: the model reads or writes files, calls Python or talks to a network when it is loaded, or the first time it is asked.",
    check: "List the nodes with saved_model_cli show --all, or look for the operator in the graph with Netron, and see where its inputs come from.",
    references: [SECURITY, "https://cwe.mitre.org/data/definitions/829.html"],
  },
  unknownOperator: {
    id: "tf-unknown-operator",
    summary: "an operator that TensorFlow does not come with",
    gain: "TensorFlow, in every version, refuses the graph without a native library that it does not bring. Whoever loads it is asked to load that library first (tf.load_op_library), which runs with all rights of the process.",
    check: "Find out which package registers the operator, and whether you trust and need it.",
    references: ["https://www.tensorflow.org/guide/create_op"],
  },
  libraryOperator: {
    id: "tf-library-operator",
    summary: "operators of another library that the makers of TensorFlow publish",
    gain: "Nothing by itself: the graph runs only where that library is imported.",
    check: "Nothing to do where that library is installed from its publisher.",
    references: [],
  },
  assetPath: {
    id: "tf-asset-path",
    summary: "an asset of a SavedModel outside of its folder",
    gain: "Loading the model with tf.saved_model.load reads a file of the machine as a vocabulary or table, from where its output carries it away. No version of TensorFlow is known that refuses such a path.",
    check: "List asset_file_def in saved_model.pb: each must be a plain name in the folder assets.",
    references: ["https://www.tensorflow.org/guide/saved_model", "https://cwe.mitre.org/data/definitions/22.html"],
  },
  checkpointPath: {
    id: "tf-checkpoint-path",
    summary: "a checkpoint file that leads to another place",
    gain: "tf.train.latest_checkpoint follows the path, in every version: weights that nobody examined are loaded in the place of these, or a remote file system is asked for them.",
    check: "Open the file named checkpoint in an editor: each path must be a plain name in the same folder.",
    references: ["https://www.tensorflow.org/guide/checkpoint"],
  },
  table: {
    id: "tf-table-structure",
    summary: "a checkpoint index that is not as TensorFlow writes it",
    gain: "Readers of TensorFlow that search and those that list find different tensors, or bytes travel that no reader looks at.",
    check: "List the checkpoint with tf.train.list_variables and compare; look at the bytes at the offset given.",
    references: ["https://github.com/google/leveldb/blob/main/doc/table_format.md"],
  },
  structure: {
    id: "tf-structure",
    summary: "parts of a TensorFlow file that its schema does not have, or has once",
    gain: "Readers skip what they do not know, so it can carry anything to a program that does know it; of what stands twice they take different ones. No release of TensorFlow is known that acts on it.",
    check: "Compare the output of protoc --decode_raw with the .proto files of TensorFlow at the place given.",
    references: ["https://github.com/tensorflow/tensorflow/tree/master/tensorflow/core/protobuf"],
  },
} as const satisfies Record<string, Rule>;

/** What operators of a graph are reported by, in whatever file the graph stands. */
export const OPERATOR_RULES: readonly Rule[] = [TENSORFLOW_RULES.actingOperator, TENSORFLOW_RULES.unknownOperator, TENSORFLOW_RULES.libraryOperator];
