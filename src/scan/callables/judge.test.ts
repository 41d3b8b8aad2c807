import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import type { Severity } from "../../finding.ts";
import { ALLOWED_TABLES } from "./allowlist.ts";
import aliases from "./data/aliases.json" with { type: "json" };
import { judgeGlobal } from "./judge.ts";
import { pairsOf } from "./rows.ts";

const REFERENCE = { called: false, shellLikeLiteral: false };
const SHELL_CALL = { called: true, shellLikeLiteral: true };

const judge = (module: string, name: string) => judgeGlobal({ module, name }, REFERENCE);

/** `module name` → severity, `-` for none. */
function severities(names: readonly string[]): string[] {
  return names.map((line) => {
    const [module = "", name = ""] = line.split(" ");
    return `${line}: ${judge(module, name).severity ?? "-"}`;
  });
}

function table(severity: Severity, lines: string): void {
  const names = lines
    .trim()
    .split("\n")
    .map((line) => line.trim());
  it(`${names.length} names are ${severity}`, () => expect(severities(names)).toEqual(names.map((name) => `${name}: ${severity}`)));
}

describe("names that may be referred to, and classes that may be restored", () => {
  const use = (line: string, called: boolean, restored = false) => {
    const [module = "", name = ""] = line.split(" ");
    return judgeGlobal({ module, name }, { called, restored, shellLikeLiteral: false }).severity;
  };

  it.each([
    "builtins type",
    "builtins len",
    "builtins property",
    "abc ABCMeta",
    "enum Enum",
    "math sqrt",
    "operator mul",
    "_operator or_",
    "typing Annotated",
    "scipy.special expit",
  ])("%s may be referred to and not called", (name) => {
    expect(use(name, false)).toBeNull();
    expect(use(name, true)).toBe("high");
    expect(use(name, true, true)).toBe("high");
  });

  it.each(["ultralytics.nn.tasks DetectionModel", "numpy vectorize", "gensim.models.word2vec Word2Vec", "torch.utils.data.dataloader DataLoader"])(
    "%s may be restored and not called",
    (name) => {
      expect(use(name, true, true)).toBeNull();
      expect(use(name, true)).not.toBeNull();
      expect(use(name, false)).not.toBeNull();
    },
  );

  it.each([
    "builtins eval",
    "builtins getattr",
    "builtins map",
    "builtins super",
    "operator attrgetter",
    "operator methodcaller",
    "typing get_type_hints",
    "typing _eval_type",
    "math __loader__",
    "collections namedtuple",
  ])("%s may not", (name) => expect(use(name, false)).not.toBeNull());
});

describe("classes that a known package imports from elsewhere", () => {
  table(
    "high",
    `torch.fx._symbolic_trace FunctionType
     torch.fx._symbolic_trace CodeType
     torch.fx.graph_module ModuleType
     bitsandbytes.cextension CDLL
     diskcache Cache
     multiprocess Process
     smolagents LocalPythonExecutor`,
  );

  table(
    "medium",
    `torch.fx._symbolic_trace TracerBase
     torch.fx._symbolic_trace FunctionTypes
     diskcache.core Disk`,
  );
});

describe("gadgets that run a command or code, or load code", () => {
  table(
    "critical",
    `os system
     posix system
     nt system
     os popen
     os execv
     os posix_spawn
     subprocess Popen
     subprocess check_output
     commands getoutput
     popen2 popen3
     pty spawn
     builtins eval
     builtins exec
     __builtin__ eval
     __builtin__ execfile
     builtins compile
     builtins __import__
     __builtin__ __import__
     importlib import_module
     pkgutil resolve_name
     runpy run_path
     types CodeType
     types FunctionType
     new code
     marshal loads
     pickle loads
     _pickle loads
     cPickle loads
     pickle Unpickler
     shelve open
     ctypes CDLL
     _ctypes dlopen
     uuid _get_command_stdout
     _osx_support _find_build_tool
     _aix_support _read_cmd_output
     pip main
     pip._internal.cli.main main
     asyncio.unix_events _UnixSelectorEventLoop
     asyncio create_subprocess_shell
     pdb run
     bdb Bdb
     profile run
     cProfile run
     timeit timeit
     trace Trace
     doctest debug_script
     idlelib.pyshell ModifiedInterpreter
     lib2to3.pgen2.grammar Grammar
     pydoc pipepager
     pydoc locate
     code InteractiveInterpreter
     torch.utils.collect_env run
     torch._inductor.codecache compile_file
     torch._dynamo.guards GuardBuilder
     torch.jit.unsupported_tensor_ops execWrapper
     torch.fx.experimental.symbolic_shapes ShapeEnv.evaluate_guards_expression
     numpy.f2py.crackfortran getlincoef
     numpy.f2py.crackfortran _eval_length
     numpy.testing._private.utils runstring
     multiprocessing.util spawnv_passfds
     mlflow.projects.backend.local _run_entry_point
     mailcap findmatch
     pipes Template
     imaplib IMAP4_stream
     _interpreters run_string
     _xxsubinterpreters run_string
     _posixsubprocess fork_exec
     site addpackage
     typing _eval_type
     typing get_type_hints
     dataclasses _create_fn
     joblib load
     joblib.numpy_pickle load
     torch load
     torch.serialization load
     torch.hub load
     numpy load
     numpy.lib.npyio load
     dill loads
     dill._dill loads
     dill._dill _import_module
     dill._dill _eval_repr
     cloudpickle loads
     cloudpickle.cloudpickle subimport
     pandas read_pickle
     pandas eval
     torch.distributed.rpc.internal PythonUDF
     torch.distributed.nn.api.remote_module RemoteModule
     torch.jit.annotations parse_type_line
     transformers.dynamic_module_utils get_class_from_dynamic_module
     hydra.utils instantiate`,
  );
});

describe("other names of the standard library, and functions and acting classes of known packages", () => {
  table(
    "high",
    `operator attrgetter
     operator itemgetter
     operator methodcaller
     _operator attrgetter
     functools reduce
     _functools reduce
     __builtin__ reduce
     builtins map
     itertools imap
     itertools starmap
     itertools accumulate
     itertools groupby
     string Formatter
     string Formatter.get_field
     builtins str.format
     builtins getattr
     builtins setattr
     builtins open
     sys modules
     sys exit
     atexit register
     urllib.request urlopen
     urllib2 urlopen
     urllib urlopen
     ssl get_server_certificate
     socket create_connection
     _socket socket
     aiohttp ClientSession
     requests get
     requests.sessions Session
     _io FileIO
     io open
     distutils.file_util write_file
     logging FileHandler
     pathlib Path
     pathlib Path.write_text
     pathlib PosixPath.write_text
     pandas read_csv
     nntplib NNTP
     http.server HTTPServer
     yaml unsafe_load
     yaml load
     copyreg add_extension
     copy_reg add_extension
     types ModuleType
     shutil rmtree
     tempfile mktemp
     string.templatelib Template
     numpy memmap
     numpy vectorize
     numpy apply_along_axis
     numpy fromfile
     torch save
     torch from_file
     torch.utils.data.dataloader DataLoader
     torch.nn.parallel.distributed DistributedDataParallel
     torch.fx.graph_module GraphModule
     joblib.memory Memory
     sklearn.datasets fetch_openml
     pandas.io.parsers.readers TextFileReader
     scipy.stats._continuous_distns uniform_gen
     ultralytics.nn.tasks DetectionModel
     sqlalchemy.engine.base Engine
     paramiko.client SSHClient
     boto3 client
     flask Flask
     numexpr evaluate
     jinja2 Environment
     picklescan.scanner scan_file_path
     fickling.fickle Pickled
     modelscan.modelscan ModelScan
     weighbridge anything
     numpy __builtins__
     torch __dict__
     collections OrderedDict.__init__.__globals__
     mypkg __globals__
     torch.hub os
     mypkg os
     mypkg _os
     mypkg tools.shell.system
     torch.nn.modules.linear Linear.exec
     six.moves builtins`,
  );
});

describe("what is not known", () => {
  table(
    "medium",
    `__main__ Net
     __mp_main__ Net
     my_model Net
     models.yolo DetectionModel
     torch.nn.modules.linear FancyLinear
     transformers.models.bert.modeling_bert BertModel
     sklearn.future.Thing Estimator
     mypkg Outer.Inner
     torch.nn.modules.linear Outer.Inner
     OS system
     os\u0455 system
     ors system
     __torch__.torch.nn.modules.linear Linear
     cloudpickle.cloudpickle _make_function
     cloudpickle.cloudpickle _builtin_type
     cloudpickle.cloudpickle_fast _function_setstate
     joblib.externals.cloudpickle.cloudpickle _make_skeleton_class
     dill._dill _create_code
     dill._dill _create_function`,
  );
  it("an unknown module that is called with text for a shell is high", () => {
    expect(judgeGlobal({ module: "mypkg", name: "go" }, SHELL_CALL)).toMatchObject({ standing: "unknown", severity: "high" });
    expect(judgeGlobal({ module: "mypkg", name: "go" }, { called: true, shellLikeLiteral: false })).toMatchObject({ severity: "medium" });
  });
  it("says which module a look-alike imitates", () => {
    expect(judge("\u043es", "system")).toEqual({
      standing: "unknown",
      severity: "medium",
      canonical: "\u043es.system",
      reason: "a module that is written to look like os and is another",
    });
    expect(judge("\uff53\uff59\uff53", "exit").reason).toBe("a module that is written to look like sys and is another");
    expect(judge("modèle", "Net").reason).toMatch(/no list knows/);
  });
});

describe("names made to cost time", () => {
  it("follows the end of a walk through a thousand modules", () => {
    expect(judge("os", `${"path.os.".repeat(100_000)}system`)).toMatchObject({ severity: "critical", canonical: "os.system" });
  });
  it.each([
    ["a name of a million characters", "mypkg", "x".repeat(1_000_000)],
    ["a name of a million parts", "mypkg", "x.".repeat(1_000_000)],
    ["a module of a million parts", "a.".repeat(1_000_000), "Net"],
  ])("%s is high, and shown short", (_, module, name) => {
    const judgement = judge(module, name);
    expect(judgement.severity).toBe("high");
    expect(judgement.canonical.length).toBeLessThanOrEqual(2100);
  });
  it("never allows what cutting makes look allowed", () => {
    expect(judge("collections", `${"x".repeat(5000)}.OrderedDict`).severity).toBe("high");
    expect(judge(`collections${".x".repeat(50)}`, "OrderedDict").severity).toBe("high");
  });
});

describe("canonical names", () => {
  it.each([
    ["posix", "system", "os.system"],
    ["nt", "system", "os.system"],
    ["os.path", "os.system", "os.system"],
    ["os", "path.os.system", "os.system"],
    ["posixpath", "os.system", "os.system"],
    ["ntpath", "os.system", "os.system"],
    ["pathlib", "os.system", "os.system"],
    ["torch.hub", "os.system", "os.system"],
    ["torch.hub.os", "system", "os.system"],
    ["numpy.testing", "os.system", "os.system"],
    ["torch", "hub.os.posix.system", "os.system"],
    ["numpy", "__builtins__.eval", "builtins.eval"],
    ["torch", "serialization.load", "torch.serialization.load"],
    ["urllib2", "urlopen", "urllib.request.urlopen"],
    ["commands", "getoutput", "subprocess.getoutput"],
    ["__builtin__", "xrange", "builtins.range"],
    ["copy_reg", "_reconstructor", "copyreg._reconstructor"],
    ["_io", "open", "io.open"],
    ["_pickle", "loads", "pickle.loads"],
    ["_socket", "socket", "socket.socket"],
    ["copy_reg", "pickle", "copyreg.pickle"],
    ["torch.serialization", "pickle", "pickle"],
    ["datetime", "datetime.strptime", "datetime.datetime.strptime"],
    ["numpy.core.multiarray", "_reconstruct", "numpy._core.multiarray._reconstruct"],
    ["sklearn.tree.tree", "DecisionTreeClassifier", "sklearn.tree._classes.DecisionTreeClassifier"],
    ["mypkg", "np.load", "numpy.load"],
    ["mypkg", "torch.load", "torch.load"],
    ["random", "_os.system", "os.system"],
    ["numpy", "random.os.system", "os.system"],
    ["sklearn", "externals.joblib.load", "joblib.load"],
    ["mypkg.sub", "Outer.Inner", "mypkg.sub.Outer.Inner"],
  ])("%s %s is %s", (module, name, canonical) => expect(judge(module, name).canonical).toBe(canonical));

  it("names the effect of what is reached through another module", () => {
    expect(judge("torch.hub", "os.system")).toEqual({
      standing: "dangerous",
      severity: "critical",
      canonical: "os.system",
      reason: "reached through the attributes of another module",
      effect: "runs a shell command",
    });
  });
});

describe("near misses", () => {
  it.each([
    ["torch Size", "torch load"],
    ["numpy log1p", "numpy load"],
    ["collections OrderedDict", "collections namedtuple"],
    ["collections.abc Mapping", "collections.abc system"],
    ["functools partial", "functools reduce"],
    ["_codecs encode", "_codecs decode"],
    ["re _compile", "re compile"],
    ["array array", "array fromfile"],
    ["pathlib PurePosixPath", "pathlib Path"],
    ["builtins slice", "builtins map"],
    ["copyreg _reconstructor", "copyreg constructor"],
    ["torch.nn.functional relu", "torch.nn.functional handle_torch_function"],
    ["torch._utils _rebuild_tensor_v2", "torch._utils _import_dotted_name"],
    ["numpy._core.multiarray scalar", "numpy._core.multiarray fromfile"],
    ["joblib.numpy_pickle NumpyArrayWrapper", "joblib.numpy_pickle NumpyUnpickler"],
    ["lightgbm.basic Booster", "lightgbm.basic _load_lib"],
    ["sklearn.pipeline Pipeline", "sklearn.pipeline make_pipeline"],
    ["sklearn.metrics._dist_metrics EuclideanDistance64", "sklearn.metrics._dist_metrics PyFuncDistance64x"],
    ["datetime datetime", "datetime datetime.strptime"],
  ])("%s is allowed, %s is not", (allowed, other) => {
    expect(severities([allowed])).toEqual([`${allowed}: -`]);
    const [module = "", name = ""] = other.split(" ");
    expect(judge(module, name).standing).not.toBe("allowed");
  });
});

const PAIRS = ALLOWED_TABLES.flatMap(({ rows }) => Array.from(pairsOf(rows), ([module, name]) => [module, name] as const));
const OLD_NAMES = new Set<string>();
for (const [module, name] of PAIRS) {
  OLD_NAMES.add(`${module} ${name}`);
  const renames = [...aliases.modules, ...aliases.python2Modules];
  for (const [old = "", now = ""] of renames)
    if (module === now || module.startsWith(`${now}.`)) OLD_NAMES.add(`${old}${module.slice(now.length)} ${name}`);
}
for (const [module = "", name = ""] of aliases.python2Names) OLD_NAMES.add(`${module} ${name}`);

describe("the allowlist", () => {
  it("holds every pair once, sorted, without dots or dunder parts in names, each with a reason", () => {
    expect(PAIRS.length).toBeGreaterThan(4000);
    expect(new Set(PAIRS.map(String)).size).toBe(PAIRS.length);
    expect(PAIRS.filter(([, name]) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || /^__.*__$/.test(name))).toEqual([]);
    for (const { rows, notes } of ALLOWED_TABLES) {
      const places = rows.map(([module = "", names = ""]) => `${module} ${names}`);
      expect(rows.filter(([, , key = ""]) => (notes[key] ?? "").length < 10)).toEqual([]);
      expect(rows.filter(([, names = ""]) => names !== names.split(" ").toSorted().join(" "))).toEqual([]);
      expect(rows.map(([module]) => module)).toEqual(places.map((place) => place.split(" ", 1)[0]).toSorted());
    }
  });

  it("is what the judge says of every pair", () => {
    expect(PAIRS.filter(([module, name]) => judge(module, name).severity !== null)).toEqual([]);
  });

  property.prop([fc.constantFrom(...PAIRS), fc.nat(), fc.constantFrom(..."abcxyzALO_019. \u0430")], { numRuns: 300 })(
    "never allows a pair that is one character away, unless that is listed itself",
    ([module, name], at, letter) => {
      const text = `${module}\0${name}`;
      const place = at % text.length;
      for (const changed of [text.slice(0, place) + letter + text.slice(place + 1), text.slice(0, place) + text.slice(place + 1), text + letter]) {
        const [otherModule = "", ...rest] = changed.split("\0");
        const other = [otherModule, rest.join("")] as const;
        if (!OLD_NAMES.has(other.join(" "))) expect(judge(...other).standing).not.toBe("allowed");
      }
    },
  );

  property.prop([fc.string({ unit: "binary" }), fc.string({ unit: "binary" })], { numRuns: 200 })(
    "judges any text without throwing",
    (module, name) => {
      expect(judge(module, name).severity).not.toBeNull();
    },
  );

  property.prop([fc.constantFrom(...PAIRS), fc.constantFrom("os.system", "subprocess.Popen", "__globals__", "__class__.__base__", "builtins.eval")])(
    "never allows what is reached through an allowed name",
    ([module, name], tail) => {
      expect(["high", "critical"]).toContain(judge(module, `${name}.${tail}`).severity);
    },
  );
});
