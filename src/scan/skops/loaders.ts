/** What a node class of skops does with the name that it is given. https://github.com/skops-dev/skops/tree/main/skops/io */
export interface Loader {
  readonly does: "builds" | "imports" | "nothing";
  /** The only names that it restores; another one is a lie that some release acted on. */
  readonly only?: RegExp;
}

const BUILDS: Loader = { does: "builds" };

export const LOADERS: Readonly<Record<string, Loader>> = {
  ObjectNode: BUILDS,
  ConstructorFromReduceNode: BUILDS,
  DictNode: BUILDS,
  ListNode: BUILDS,
  SetNode: BUILDS,
  TupleNode: BUILDS,
  NdArrayNode: BUILDS,
  MaskedArrayNode: BUILDS,
  RandomStateNode: BUILDS,
  RandomGeneratorNode: BUILDS,
  BitGeneratorNode: BUILDS,
  SeedSequenceNode: BUILDS,
  TreeNode: BUILDS,
  LossNode: BUILDS,
  MethodNode: { does: "imports" },
  TypeNode: { does: "imports" },
  FunctionNode: { does: "imports" },
  // What skops restores here is fixed; `__module__` and `__class__` only show.
  JsonNode: { does: "nothing" },
  CachedNode: { does: "nothing" },
  SliceNode: { does: "builds", only: /^builtins\.slice$/ },
  DefaultDictNode: { does: "builds", only: /^collections\.defaultdict$/ },
  BytesNode: { does: "builds", only: /^builtins\.bytes$/ },
  BytearrayNode: { does: "builds", only: /^builtins\.bytearray$/ },
  PartialNode: { does: "builds", only: /^functools\.partial$/ },
  OperatorFuncNode: { does: "builds", only: /^operator\.(?:attrgetter|itemgetter|methodcaller)$/ },
  DTypeNode: { does: "builds", only: /^numpy(?:\.dtypes?)?\.\w+$/ },
  SparseMatrixNode: { does: "builds", only: /^scipy\.sparse\.[\w.]+$/ },
  _DictWithDeprecatedKeysNode: { does: "builds", only: /^sklearn\.covariance\.[\w.]+$/ },
};

/** Compiled modules with nothing in them but functions that compute elementwise; skops trusts them by default. */
export const UFUNC_MODULES: ReadonlySet<string> = new Set(["scipy.special._ufuncs"]);
