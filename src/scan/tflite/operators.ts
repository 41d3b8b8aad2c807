import type { Severity } from "../../finding.ts";

/** TensorFlow operators, called through the Flex delegate, that act on the machine. https://github.com/tensorflow/tensorflow/blob/master/SECURITY.md */
const ACTING =
  /^(?:ReadFile|WriteFile|MatchingFiles|PyFunc\w*|EagerPyFunc|NumpyPyFunc|LoadLibrary\w*|DebugIdentity\w*|DebugNumericSummary\w*|.*WriteImageSummary|SaveV?2?|SaveSlices|MergeV2Checkpoints|ShardedFilename|.*(?:Reader|ReaderV2|RecordDataset\w*|TextLineDataset|LMDBDataset\w*|SqlDataset|FileWriter\w*)|CreateSummary\w*|RpcCall|Rpc\w*|GenerateBigQueryReaderPartitions)$/;
/** Read tables and constants from a file that the model names. */
const TABLE_FILES = /^(?:InitializeTableFromTextFile\w*|Restore\w*)$/;
/** Operators whose code comes with a runtime that many use: MediaPipe, the task library, accelerators, LiteRT for microcontrollers. */
const PUBLISHED: readonly RegExp[] = [
  /^TFLite_Detection_PostProcess$/,
  /^(?:Convolution2DTransposeBias|MaxPoolingWithArgmax2D|MaxUnpooling2D|Landmarks2TransformMatrix|Transform(?:TensorBilinear|Landmarks)|Resampler|RoIToTransformMatrix|RunTFLite)$/,
  /^(?:KmeansEmbeddingLookup|UniversalSentenceEncoderPreprocess|TFSentencepieceTokenizeOp|TFSentencepieceDetokenizeOp|NGramHash|SGNN\w*|LAYER_NORM|Predict|Normalize|Extract\w*Features|ExpandDims)$/,
  /^(?:edgetpu-custom-op|ethos-u|DISPATCH_OP|odml\.[\w.]+|aeq\.[\w.]+|TFText>\w+|TFL\w*>\w+|AudioSpectrogram|Mfcc|Signal\w+|CIRCULAR_BUFFER|XC_\w+|HASHTABLE\w*)$/,
  /^(?:RandomStandardNormal|RandomUniform|Multinomial|NumericVerify|Bucketize|Irfft2d|Rfft|Irfft|AvgPool3D\w*|MaxPool3D\w*|Sign|Roll|Table|Delegate\w*)$/,
];

export interface JudgedOperator {
  readonly severity: Severity;
  readonly flex: boolean;
  readonly why: string;
}

/** What an operator that the runtime does not have itself means. */
export function judgeOperator(name: string): JudgedOperator {
  if (name.startsWith("Flex")) return flex(name.slice(4));
  if (PUBLISHED.some((pattern) => pattern.test(name))) return { severity: "info", flex: false, why: "it comes with a published runtime" };
  return { severity: "medium", flex: false, why: "no list knows what registers it" };
}

function flex(name: string): JudgedOperator {
  if (ACTING.test(name)) return { severity: "high", flex: true, why: "it reads or writes files, calls Python, or loads code" };
  if (TABLE_FILES.test(name)) return { severity: "medium", flex: true, why: "it reads a file that the model names" };
  return { severity: "info", flex: true, why: "it computes" };
}
