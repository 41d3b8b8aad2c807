import { expect, it } from "vitest";
import { isSafeGetattr } from "./judge.ts";

it.each([
  ["sklearn.feature_extraction.text", "TfidfVectorizer", "build_analyzer"],
  ["sklearn.feature_extraction.text", "CountVectorizer", "decode"],
  ["sklearn.feature_extraction.text", "CountVectorizer", "_word_ngrams"],
  ["transformers.trainer_utils", "IntervalStrategy", "STEPS"],
  ["sklearn.preprocessing._data", "StandardScaler", "transform"],
  ["zoneinfo", "ZoneInfo", "_unpickle"],
  ["builtins", "str", "split"],
  ["__builtin__", "unicode", "lower"],
  ["builtins", "dict", "get"],
])("lets %s.%s give %s", (module, name, attribute) => expect(isSafeGetattr({ module, name }, attribute)).toBe(true));

it.each([
  ["sklearn.feature_extraction.text", "TfidfVectorizer", "__init__"],
  ["sklearn.feature_extraction.text", "TfidfVectorizer", "__class__"],
  ["sklearn.feature_extraction.text", "TfidfVectorizer", "a.b"],
  ["sklearn.feature_extraction.text", "TfidfVectorizer", ""],
  ["sklearn.feature_extraction.text", "strip_tags", "build_analyzer"],
  ["sklearn.feature_extraction.text", "os.TfidfVectorizer", "build_analyzer"],
  ["numpy", "ndarray", "tofile"],
  ["numpy", "ndarray", "dump"],
  ["pandas.core.frame", "DataFrame", "eval"],
  ["pandas.core.frame", "DataFrame", "to_pickle"],
  ["pandas.core.frame", "DataFrame", "agg"],
  ["pandas.core.frame", "DataFrame", "aggregate"],
  ["pandas.core.frame", "DataFrame", "transform"],
  ["yacs.config", "CfgNode", "merge_from_file"],
  ["torch.storage", "UntypedStorage", "_set_cdata"],
  ["torch.storage", "UntypedStorage", "_free_weak_ref"],
  ["lightgbm.basic", "Booster", "set_network"],
  ["torch.nn.modules.linear", "Linear", "apply"],
  ["torch.storage", "UntypedStorage", "from_file"],
  ["torch.storage", "UntypedStorage", "_new_shared_filename"],
  ["builtins", "str", "format"],
  ["builtins", "str", "format_map"],
  ["builtins", "str", "encode"],
  ["builtins", "dict", "update"],
  ["builtins", "object", "copy"],
  ["collections", "OrderedDict", "fromkeys"],
  ["zoneinfo", "ZoneInfo", "from_file"],
  ["zoneinfo", "os.ZoneInfo", "_unpickle"],
  ["os", "system", "x"],
  ["my_model", "Net", "forward"],
])("does not let %s.%s give %s", (module, name, attribute) => expect(isSafeGetattr({ module, name }, attribute)).toBe(false));

it("lets only the methods that rebuild objects be called", () => {
  expect(isSafeGetattr({ module: "zoneinfo", name: "ZoneInfo" }, "_unpickle", { called: true, bound: false })).toBe(true);
  expect(isSafeGetattr({ module: "pandas", name: "DataFrame" }, "head", { called: false, bound: false })).toBe(true);
  expect(isSafeGetattr({ module: "pandas", name: "DataFrame" }, "head", { called: true, bound: false })).toBe(false);
});

it("takes methods of Python's own types from the type only, but for the join of a text", () => {
  expect(isSafeGetattr({ module: "builtins", name: "str" }, "join", { called: false, bound: true })).toBe(true);
  expect(isSafeGetattr({ module: "builtins", name: "str" }, "join", { called: true, bound: true })).toBe(false);
  expect(isSafeGetattr({ module: "builtins", name: "bytes" }, "join", { called: false, bound: true })).toBe(false);
  expect(isSafeGetattr({ module: "builtins", name: "str" }, "split", { called: false, bound: true })).toBe(false);
  expect(isSafeGetattr({ module: "builtins", name: "str" }, "split", { called: true, bound: false })).toBe(false);
});
