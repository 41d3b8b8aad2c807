import { deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { writeZip } from "../../test/fixtures/containers/zip-writer.ts";
import { assemble, bin, call, global, type Piece, STOP, str } from "../../test/fixtures/pickle/assemble.ts";
import { bytesOf } from "../bytes.ts";
import { bySeverity } from "../finding.ts";
import { DEFAULT_LIMITS } from "../limits.ts";
import { walkFile } from "./walk.ts";

// What a payload calls, how the stream names it, where in the stream it stands and what the stream is packed in: each alone is tested elsewhere.

const NAMES =
  `os.system posix.popen nt.system subprocess.Popen subprocess.getoutput pty.spawn builtins.eval builtins.exec __builtin__.execfile runpy.run_path
  timeit.timeit pdb.run cProfile.run code.interact importlib.import_module pip.main ctypes.CDLL webbrowser.open urllib.request.urlretrieve socket.create_connection
  shutil.rmtree os.remove builtins.open io.open codecs.open torch.load torch.hub.load numpy.load numpy.testing._private.utils.runstring pandas.read_pickle
  joblib.load dill.loads pickle.loads marshal.loads shelve.open yaml.unsafe_load logging.config.dictConfig doctest.debug_script venv.create site.addsitedir
  pkgutil.resolve_name pydoc.pipepager tempfile.mktemp atexit.register types.FunctionType builtins.getattr sympy.sympify IPython.embed winreg.SetValue
  _posixsubprocess.fork_exec sqlite3.connect requests.get distutils.spawn.spawn multiprocessing.util.spawnv_passfds`.split(/\s+/);

const named = (qualified: string) => [qualified.slice(0, qualified.lastIndexOf(".")), qualified.slice(qualified.lastIndexOf(".") + 1)] as const;
const line = (opcode: string, text: string): Piece => [opcode, `${text}\n`];

/** Ways to put a global on the stack. */
const STYLES: Readonly<Record<string, (module: string, name: string) => Buffer>> = {
  GLOBAL: (module, name) => assemble(global(module, name)),
  STACK_GLOBAL: (module, name) => assemble(str(module), str(name), "STACK_GLOBAL"),
  "texts of protocol 0": (module, name) => assemble(line("UNICODE", module), line("UNICODE", name), "STACK_GLOBAL"),
  "texts from the memo": (module, name) =>
    assemble(str(module), ["BINPUT", 5], "POP", str(name), ["BINPUT", 6], "POP", ["BINGET", 5], ["BINGET", 6], "STACK_GLOBAL"),
  "a decoy before": (module, name) => assemble(str("collections"), "POP", str(module), str("OrderedDict"), "POP", str(name), "STACK_GLOBAL"),
};

/** What is done with it. */
const CALLS: Readonly<Record<string, (callable: Buffer) => Buffer>> = {
  REDUCE: (callable) => assemble(callable, str("true"), "TUPLE1", "REDUCE"),
  "REDUCE with a marked tuple": (callable) => assemble(callable, "MARK", str("true"), "TUPLE", "REDUCE"),
  OBJ: (callable) => assemble("MARK", callable, str("true"), "OBJ"),
  "a partial": (callable) => assemble(global("functools", "partial"), callable, str("true"), "TUPLE2", "REDUCE", "EMPTY_TUPLE", "REDUCE"),
  "a map": (callable) =>
    assemble(global("builtins", "list"), global("builtins", "map"), callable, "MARK", str("true"), "LIST", "TUPLE2", "REDUCE", "TUPLE1", "REDUCE"),
  "a factory": (callable) =>
    assemble(global("collections", "defaultdict"), global("functools", "partial"), callable, str("true"), "TUPLE2", "REDUCE", "TUPLE1", "REDUCE"),
};

/** Where in the stream it stands. */
const PLACES: Readonly<Record<string, (body: Buffer) => Buffer>> = {
  "the whole": (body) => assemble(["PROTO", 4], body, STOP),
  "without PROTO": (body) => assemble(body, STOP),
  "a value in a dict": (body) => assemble(["PROTO", 4], "EMPTY_DICT", str("w"), body, "SETITEM", STOP),
  "a value that is thrown away": (body) => assemble(["PROTO", 4], body, "POP", "EMPTY_DICT", STOP),
  "a second dump": (body) => assemble(["PROTO", 2], "NONE", STOP, ["PROTO", 4], body, STOP),
  "a pickle in bytes that are loaded": (body) => assemble(["PROTO", 4], call("pickle", "loads", bin(Buffer.concat([body, STOP]))), STOP),
  "before a break": (body) => assemble(["PROTO", 4], body, Buffer.of(0xff)),
};

const npy = (pickle: Buffer) => {
  const header = `${"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".padEnd(117)}\n`;
  return Buffer.concat([Buffer.from("\x93NUMPY\x01\0\x76\0", "latin1"), Buffer.from(header), pickle]);
};
const zip = (name: string, data: Uint8Array, deflate: boolean) => Buffer.from(writeZip([{ name, data, deflate }]));

/** What it is packed in, under a name as people use it. */
const CONTAINERS: Readonly<Record<string, (pickle: Buffer) => readonly [name: string, bytes: Buffer]>> = {
  "model.pkl": (pickle) => ["model.pkl", pickle],
  "weights.bin": (pickle) => ["weights.bin", pickle],
  "a name without an extension": (pickle) => ["checkpoint", pickle],
  gzip: (pickle) => ["model.pkl.gz", gzipSync(pickle)],
  zlib: (pickle) => ["model.joblib", deflateSync(pickle)],
  zstd: (pickle) => ["model.pkl.zst", zstdCompressSync(pickle)],
  "a torch archive": (pickle) => ["model.pt", zip("archive/data.pkl", pickle, false)],
  "a deflated torch archive": (pickle) => ["model.pth", zip("archive/data.pkl", pickle, true)],
  "an array": (pickle) => ["x.npy", npy(pickle)],
  "an archive of arrays": (pickle) => ["x.npz", zip("a.npy", npy(pickle), true)],
  "an archive in an archive": (pickle) => ["x.zip", zip("inner.bin", zip("x.pkl", pickle, true), true)],
  "an archive behind other bytes": (pickle) => ["x.zip", Buffer.concat([Buffer.alloc(200, "JUNK"), zip("archive/data.pkl", pickle, false)])],
};

const one = <T>(of: Readonly<Record<string, T>>) => fc.constantFrom(...Object.keys(of)).map((key) => [key, of[key] as T] as const); // a key of its own

async function worstOf(name: string, bytes: Buffer): Promise<string | undefined> {
  const { findings } = await walkFile(name, bytesOf(bytes), DEFAULT_LIMITS, () => {});
  return findings.toSorted((a, b) => bySeverity(a.severity, b.severity))[0]?.severity;
}

describe("a callable, a way to name it, a way to call it, a place and a container", () => {
  test.prop([fc.constantFrom(...NAMES), one(STYLES), one(CALLS), one(PLACES), one(CONTAINERS)], { numRuns: 500 })(
    "block, in any combination",
    async (qualified, [, style], [, use], [, place], [, container]) => {
      const [name, bytes] = container(place(use(style(...named(qualified)))));
      expect(["critical", "high"]).toContain(await worstOf(name, bytes));
    },
  );

  test.prop([one(STYLES), one(PLACES), one(CONTAINERS)], { numRuns: 200 })(
    "pass where what is called is a container of Python's own and nothing is broken, nested or behind",
    async ([, style], [where, place], [what, container]) => {
      fc.pre(!["before a break", "a pickle in bytes that are loaded", "a second dump"].includes(where) && what !== "an archive behind other bytes");
      const [name, bytes] = container(place(assemble(style("collections", "OrderedDict"), "EMPTY_TUPLE", "REDUCE")));
      expect([undefined, "info", "low"]).toContain(await worstOf(name, bytes));
    },
  );
});
