import { ARCHIVE_EXAMPLES } from "./archives.ts";
import { BOOSTER_EXAMPLES } from "./boosters.ts";
import { CONFIGURATION_EXAMPLES } from "./configurations.ts";
import { DOCUMENT_EXAMPLES } from "./documents.ts";
import type { RuleExample } from "./example.ts";
import { FLATBUFFER_EXAMPLES } from "./flatbuffers.ts";
import { GRAPH_EXAMPLES } from "./graphs.ts";
import { JOBLIB_EXAMPLES } from "./joblib.ts";
import { JSON_FILE_EXAMPLES } from "./json-files.ts";
import { KERAS_EXAMPLES } from "./keras.ts";
import { LEAK_EXAMPLES } from "./leaks.ts";
import { MODELFILE_EXAMPLES } from "./modelfile.ts";
import { MSGPACK_EXAMPLES } from "./msgpack.ts";
import { PICKLE_EXAMPLES } from "./pickle.ts";
import { R_EXAMPLES } from "./rdata.ts";
import { RECIPE_EXAMPLES } from "./recipes.ts";
import { SKOPS_EXAMPLES } from "./skops.ts";
import { TEMPLATE_EXAMPLES } from "./templates.ts";
import { TENSOR_EXAMPLES } from "./tensors.ts";
import { TORCH_EXAMPLES } from "./torch.ts";
import { TREE_EXAMPLES } from "./tree.ts";

/** One example for every rule. */
export const RULE_EXAMPLES: readonly RuleExample[] = [
  PICKLE_EXAMPLES,
  JOBLIB_EXAMPLES,
  TORCH_EXAMPLES,
  KERAS_EXAMPLES,
  TENSOR_EXAMPLES,
  GRAPH_EXAMPLES,
  FLATBUFFER_EXAMPLES,
  MSGPACK_EXAMPLES,
  BOOSTER_EXAMPLES,
  R_EXAMPLES,
  SKOPS_EXAMPLES,
  ARCHIVE_EXAMPLES,
  CONFIGURATION_EXAMPLES,
  JSON_FILE_EXAMPLES,
  RECIPE_EXAMPLES,
  MODELFILE_EXAMPLES,
  DOCUMENT_EXAMPLES,
  TEMPLATE_EXAMPLES,
  LEAK_EXAMPLES,
  TREE_EXAMPLES,
].flat();
