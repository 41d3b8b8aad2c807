import { expect, it } from "vitest";
import { judgeGlobal } from "./judge.ts";

/** What 149 benign files written by torch, numpy, scikit-learn, joblib, pandas, scipy, lightgbm, transformers and accelerate reference. */
const SEEN = `
    accelerate.state PartialState
    accelerate.utils.dataclasses DistributedType
    builtins bytearray complex frozenset int range set slice
    __builtin__ bytearray complex frozenset list long object set slice xrange
    copy_reg _reconstructor
    joblib.numpy_pickle NumpyArrayWrapper
    lightgbm.basic Booster
    numpy._core.multiarray _reconstruct scalar
    numpy._core.numeric _frombuffer
    numpy dtype float64 int64 log1p ndarray
    numpy.ma MaskedArray
    numpy.ma.core _mareconstruct
    numpy.random._mt19937 MT19937
    numpy.random._pcg64 PCG64
    numpy.random._pickle __bit_generator_ctor __generator_ctor __randomstate_ctor
    numpy.random.bit_generator SeedSequence __pyx_unpickle_SeedSequence
    pandas Categorical CategoricalDtype DataFrame Index RangeIndex Series StringDtype
    pandas._libs.arrays __pyx_unpickle_NDArrayBacked
    pandas._libs.internals _unpickle_block
    pandas.arrays DatetimeArray StringArray
    pandas.core.indexes.base _new_Index
    pandas.core.internals.managers BlockManager SingleBlockManager
    scipy.sparse._coo coo_array
    scipy.sparse._csr csr_matrix
    sklearn._loss._loss CyHalfBinomialLoss
    sklearn._loss.link Interval LogitLink
    sklearn._loss.loss HalfBinomialLoss
    sklearn.cluster._kmeans KMeans
    sklearn.compose._column_transformer ColumnTransformer
    sklearn.decomposition._pca PCA
    sklearn.dummy DummyClassifier
    sklearn.ensemble._forest ExtraTreesRegressor RandomForestClassifier
    sklearn.ensemble._gb GradientBoostingClassifier
    sklearn.ensemble._hist_gradient_boosting.binning _BinMapper
    sklearn.ensemble._hist_gradient_boosting.gradient_boosting HistGradientBoostingClassifier
    sklearn.ensemble._hist_gradient_boosting.predictor TreePredictor
    sklearn.ensemble._iforest IsolationForest
    sklearn.ensemble._weight_boosting AdaBoostClassifier
    sklearn.feature_extraction.text CountVectorizer TfidfTransformer TfidfVectorizer
    sklearn.gaussian_process._gpr GaussianProcessRegressor
    sklearn.gaussian_process.kernels ConstantKernel Product RBF
    sklearn.impute._base SimpleImputer
    sklearn.linear_model._logistic LogisticRegression
    sklearn.linear_model._ridge Ridge
    sklearn.linear_model._sgd_fast Hinge
    sklearn.linear_model._stochastic_gradient SGDClassifier
    sklearn.metrics._dist_metrics EuclideanDistance64 newObj
    sklearn.metrics._scorer _PassthroughScorer
    sklearn.model_selection._search GridSearchCV
    sklearn.model_selection._split KFold
    sklearn.naive_bayes MultinomialNB
    sklearn.neighbors._classification KNeighborsClassifier
    sklearn.neighbors._kd_tree KDTree newObj
    sklearn.neural_network._multilayer_perceptron MLPClassifier
    sklearn.neural_network._stochastic_optimizers AdamOptimizer
    sklearn.pipeline Pipeline
    sklearn.preprocessing._data StandardScaler
    sklearn.preprocessing._encoders OneHotEncoder
    sklearn.preprocessing._function_transformer FunctionTransformer
    sklearn.preprocessing._label LabelBinarizer LabelEncoder
    sklearn.svm._classes SVC
    sklearn.tree._classes DecisionTreeClassifier DecisionTreeRegressor ExtraTreeRegressor
    sklearn.tree._tree Tree
    _codecs encode
    argparse Namespace
    collections Counter OrderedDict defaultdict deque
    datetime date datetime time timedelta timezone
    decimal Decimal
    fractions Fraction
    pathlib PurePosixPath
    types SimpleNamespace
    uuid UUID
    torch BFloat16Storage BoolStorage ByteStorage CharStorage ComplexFloatStorage DoubleStorage FloatStorage HalfStorage LongStorage QInt8Storage ShortStorage Size device float16 float8_e4m3fn per_tensor_affine
    torch._utils _rebuild_parameter _rebuild_qtensor _rebuild_sparse_tensor _rebuild_tensor_v2 _rebuild_tensor_v3
    torch.jit._pickle build_intlist restore_type_tag
    torch.nn.functional relu
    torch.nn.modules.activation GELU MultiheadAttention ReLU
    torch.nn.modules.batchnorm BatchNorm2d
    torch.nn.modules.container Sequential
    torch.nn.modules.conv Conv2d
    torch.nn.modules.dropout Dropout
    torch.nn.modules.flatten Flatten
    torch.nn.modules.linear Linear NonDynamicallyQuantizableLinear
    torch.nn.modules.normalization LayerNorm
    torch.nn.modules.pooling AdaptiveAvgPool2d
    torch.nn.modules.rnn GRU
    torch.nn.modules.sparse Embedding
    torch.nn.modules.transformer TransformerEncoderLayer
    torch.serialization _get_layout
    torch.storage UntypedStorage
    transformers.trainer_pt_utils AcceleratorConfig
    transformers.trainer_utils HubStrategy IntervalStrategy SaveStrategy SchedulerType
    transformers.training_args OptimizerNames TrainingArguments
`;

/** The same things under the names of older versions, and what the specification of the floor asks to be judged besides. */
const OLDER = `
    numpy.core.multiarray _reconstruct scalar
    numpy.core.numeric _frombuffer
    numpy.core._multiarray_umath _reconstruct scalar
    numpy.random __RandomState_ctor
    numpy.random._pickle __randomstate_ctor
    numpy.ma.core MaskedConstant
    pandas.core.frame DataFrame
    pandas.core.series Series
    pandas.core.indexes.numeric Int64Index Float64Index
    pandas.core.index _new_Index Index MultiIndex
    pandas.indexes.base _new_Index Index
    pandas.core.internals BlockManager
    pandas._libs.tslibs.timestamps _unpickle_timestamp Timestamp
    scipy.sparse.csr csr_matrix
    sklearn.tree.tree DecisionTreeClassifier
    sklearn.ensemble.forest RandomForestClassifier
    sklearn.ensemble.gradient_boosting GradientBoostingClassifier BinomialDeviance
    sklearn.linear_model.logistic LogisticRegression
    sklearn.linear_model.base LinearRegression
    sklearn.svm.classes SVC
    sklearn.preprocessing.data StandardScaler
    sklearn.preprocessing.label LabelEncoder
    sklearn.preprocessing.imputation Imputer
    sklearn.neighbors.dist_metrics EuclideanDistance newObj
    sklearn.neighbors.kd_tree KDTree newObj
    sklearn.feature_extraction.hashing FeatureHasher
    sklearn.externals.joblib.numpy_pickle NDArrayWrapper NumpyArrayWrapper ZNDArrayWrapper
    torch.storage _TypedStorage _UntypedStorage
    torch.cuda FloatStorage HalfStorage
    torch._tensor _rebuild_from_type_v2
    torch._utils _rebuild_tensor _rebuild_meta_tensor_no_storage _rebuild_wrapper_subclass
    torch.nn.backends.thnn _get_thnn_function_backend
    torch.quantization.observer MinMaxObserver
    torch.nn.quantized.modules.linear Linear
    torch.nn.intrinsic.modules.fused ConvReLU2d
    pathlib PosixPath WindowsPath
    pathlib._local PosixPath
    zoneinfo ZoneInfo
    ipaddress IPv4Address
    omegaconf.dictconfig DictConfig
    omegaconf.base ContainerMetadata
    typing Any
    xgboost.core Booster
    xgboost.sklearn XGBClassifier
    catboost.core CatBoostClassifier
    pytorch_lightning.utilities.parsing AttributeDict
    pytorch_lightning.callbacks.model_checkpoint ModelCheckpoint
    deepspeed.runtime.fp16.loss_scaler LossScaler
    peft.tuners.lora.config LoraConfig
    trl.trainer.sft_config SFTConfig
    torchvision.models.resnet ResNet BasicBlock
    timm.layers.drop DropPath
    collections.abc _CallableGenericAlias
    dataclasses Field _MISSING_TYPE _HAS_DEFAULT_FACTORY_CLASS
    itertools chain cycle islice product
    builtins enumerate reversed zip
    logging getLogger
    string Template
    _queue Empty
    pytz _p _UTC
    dateutil.tz.tz tzfile tzutc
    dateutil.zoneinfo gettz
    omegaconf.nodes AnyNode InterpolationResultNode
    omegaconf.base Box UnionNode
    fvcore.common.config CfgNode
    mmengine.config.config ConfigDict
    mmengine.logging.history_buffer HistoryBuffer
    fairseq.data.dictionary Dictionary
    fairseq.dataclass.configs FairseqConfig
    peft.tuners.lora LoraConfig
    transformers.optimization _get_linear_schedule_with_warmup_lr_lambda
    datasets.features.features ClassLabel Features
    tokenizers.models Model
    sklearn.compose._column_transformer _RemainderColsList
    xgboost.callback EarlyStopping
    lightgbm.callback _EarlyStoppingCallback
    pandas._libs.missing NA
    haiku._src.data_structures FlatMapping
    nltk.stem.porter PorterStemmer
    nltk.stem.snowball EnglishStemmer
    nltk.tokenize.punkt PunktSentenceTokenizer
    pandas NA
    pandas._libs.interval __pyx_unpickle_IntervalMixin
    signal Signals
    os stat_result
    inspect Signature Parameter _ParameterKind _empty
    subprocess CalledProcessError
    timm.layers.format Format
    torch.distributed.fsdp.api ShardingStrategy StateDictType
    transformers.tokenization_utils_tokenizers TokenizersBackend
    lightning.pytorch.callbacks.early_stopping EarlyStoppingReason
`;

/** Networks and vectors that are restored without their constructors, as `cls.__new__(cls)`. */
const RESTORED = `
    ultralytics.nn.tasks DetectionModel SegmentationModel PoseModel
    sentence_transformers.SentenceTransformer SentenceTransformer
    gensim.models.word2vec Word2Vec
    gensim.models.keyedvectors KeyedVectors Vocab
    numpy vectorize
    scipy.stats._distn_infrastructure rv_continuous_frozen rv_discrete_frozen rv_frozen rv_sample
    scipy.stats._continuous_distns norm_gen reciprocal_gen uniform_gen rv_histogram
    scipy.stats._discrete_distns randint_gen
    scipy.stats._multivariate multivariate_normal_frozen
    statsmodels.base.data PandasData
    statsmodels.regression.linear_model OLS OLSResults RegressionResultsWrapper
    statsmodels.genmod.families.family Binomial
    timm.models.xcit Xcit XCABlock
    torchmetrics.classification.auroc BinaryAUROC
    transformers.models.bert.modeling_bert BertModel BertSdpaSelfAttention
    transformers.models.llama.modeling_llama LlamaForCausalLM LlamaSdpaAttention
    transformers.data.data_collator DataCollatorWithPadding
    pandas.api.typing DataFrameGroupBy
    pytorch_pretrained_bert.modeling BertModel BertLayerNorm
    ultralytics.nn.modules C2f Detect
    stable_baselines3.common.vec_env.vec_normalize VecNormalize
    gensim.models.nmf Nmf
    fairseq.meters AverageMeter
`;

/** Functions that pipelines and metrics keep. */
const KEPT = `
    pandas to_datetime get_dummies
    sklearn.metrics.cluster._supervised rand_score
    scipy.spatial.distance cosine
    torchmetrics.utilities.data dim_zero_sum
    torch.utils.data._utils.collate default_collate
    stable_baselines3.common.policies ActorCriticPolicy
`;

function refused(lines: string, use: { readonly called: boolean; readonly restored?: boolean }) {
  return lines
    .trim()
    .split("\n")
    .flatMap((line) => {
      const [module = "", ...names] = line.trim().split(" ");
      return names.map((name) => judgeGlobal({ module, name }, { ...use, shellLikeLiteral: false }));
    })
    .filter(({ severity }) => severity !== null);
}

it("allows every global of real benign files, and older names of such", () => {
  expect(refused(SEEN + OLDER, { called: true })).toEqual([]);
  expect(refused(RESTORED, { called: true, restored: true })).toEqual([]);
  expect(refused(KEPT, { called: false })).toEqual([]);
});
