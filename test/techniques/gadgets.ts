import { assemble, call, global, str } from "../fixtures/pickle/assemble.ts";
import { formulaOf, oldDistribution } from "../fixtures/pickle/distribution.ts";
import type { Files, Technique } from "./technique.ts";

const TEMPLATE = str("_parse_arg_template");

function stream(pickle: Buffer): Files {
  return { "model.pkl": assemble(["PROTO", 4], pickle, "STOP") };
}

/** `callable("true")` as a pickle. */
function calling(module: string, name: string): Files {
  return { "model.pkl": assemble(["PROTO", 4], call(module, name, str("true")), "STOP") };
}

/** An honest reference to a class. */
function naming(module: string, name: string): Files {
  return { "model.pkl": assemble(["PROTO", 4], global(module, name), "STOP") };
}

const gadget = (number: number, module: string, name: string, nearMiss: Files): Technique => ({
  number,
  title: `${module}.${name}`,
  files: calling(module, name),
  least: "block",
  names: `${module}.${name}`,
  nearMiss,
});

/** Functions of the standard library and of packages beside it that run, write, fetch or import: each beside an honest name of a like module. */
export const GADGET_TECHNIQUES: readonly Technique[] = [
  gadget(45, "uuid", "_get_command_stdout", naming("uuid", "UUID")),
  gadget(45, "_osx_support", "_read_output", naming("uuid", "UUID")),
  gadget(46, "pip", "main", naming("decimal", "Decimal")),
  gadget(46, "pip._internal.cli.main", "main", naming("decimal", "Decimal")),
  gadget(47, "asyncio.unix_events", "_UnixSubprocessTransport._start", naming("datetime", "datetime")),
  gadget(48, "cProfile", "run", naming("fractions", "Fraction")),
  gadget(48, "timeit", "timeit", naming("datetime", "timedelta")),
  gadget(48, "trace", "Trace.run", naming("datetime", "timedelta")),
  gadget(49, "code", "InteractiveInterpreter.runcode", naming("collections", "Counter")),
  gadget(49, "idlelib.pyshell", "ModifiedInterpreter.runcommand", naming("collections", "Counter")),
  gadget(50, "torch.utils.collect_env", "run", naming("torch._utils", "_rebuild_tensor_v2")),
  gadget(50, "torch._inductor.codecache", "compile_file", naming("torch", "Size")),
  gadget(50, "torch.jit.unsupported_tensor_ops", "execWrapper", naming("torch.nn.modules.linear", "Linear")),
  gadget(51, "numpy.f2py.crackfortran", "getlincoef", naming("numpy", "dtype")),
  gadget(51, "numpy.testing._private.utils", "runstring", naming("numpy", "ndarray")),
  gadget(52, "multiprocessing.util", "spawnv_passfds", naming("collections", "deque")),
  gadget(52, "mlflow.projects.backend.local", "_run_entry_point", naming("collections", "deque")),
  gadget(53, "pandas", "read_csv", naming("pandas.core.frame", "DataFrame")),
  gadget(53, "urllib.request", "urlretrieve", naming("pathlib", "PurePosixPath")),
  gadget(53, "ssl", "get_server_certificate", naming("pathlib", "PurePosixPath")),
  gadget(54, "_io", "FileIO", naming("_io", "BytesIO")),
  gadget(54, "distutils.file_util", "write_file", naming("pathlib", "PosixPath")),
  gadget(54, "logging", "FileHandler", naming("pathlib", "PosixPath")),
  gadget(55, "mailcap", "findmatch", naming("collections", "OrderedDict")),
  gadget(55, "imaplib", "IMAP4_stream", naming("collections", "OrderedDict")),
  gadget(56, "_interpreters", "run_string", naming("builtins", "set")),
  gadget(56, "_posixsubprocess", "fork_exec", naming("builtins", "frozenset")),
  gadget(56, "atexit", "register", naming("builtins", "complex")),
  gadget(57, "typing", "get_type_hints", naming("typing", "Any")),
  gadget(57, "dataclasses", "_create_fn", naming("builtins", "bytearray")),
  gadget(58, "joblib", "load", naming("numpy", "dtype")),
  gadget(58, "numpy", "load", naming("numpy", "ndarray")),
  gadget(58, "yaml", "unsafe_load", naming("collections", "OrderedDict")),
  gadget(58, "dill", "loads", naming("collections", "OrderedDict")),
  gadget(59, "torch.distributed.rpc.internal", "_run_function", naming("torch", "device")),
  gadget(59, "torch.jit.annotations", "parse_type_line", naming("torch", "dtype")),
  gadget(60, "torch", "load", naming("torch", "FloatStorage")),
  {
    number: 7,
    title: "a key twice, so that a pair is taken for the parameters of scipy",
    files: stream(oldDistribution([TEMPLATE, "NONE", str("import os\nos.system('true')\n"), "NONE", TEMPLATE, "NONE"], str("ab"))),
    least: "block",
    names: "norm_gen",
    nearMiss: stream(oldDistribution([str("a"), "NONE", str("b"), "NONE", str("name"), str("norm")], "NONE")),
  },
  {
    number: 7,
    title: "a formula that calls what stands in parentheses",
    files: stream(formulaOf("y ~ I((exec)(\"__import__('os').system('true')\"))")),
    least: "block",
    names: "PandasData",
    nearMiss: stream(formulaOf("np.log(y) ~ C(group, Treatment(reference='a')) * I((x - 1) ** 2) + bs(x, df=4)")),
  },
  {
    number: 7,
    title: "a formula whose contrast is a function",
    files: stream(formulaOf("y ~ C(x, breakpoint)", "restore_model_spec")),
    least: "block",
    names: "PandasData",
    nearMiss: stream(formulaOf("y ~ C(x, Sum)", "restore_model_spec")),
  },
];
