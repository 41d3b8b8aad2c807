import type { Rule } from "../../finding.ts";

const PICKLE = "https://docs.python.org/3/library/pickle.html";
const OPCODES = "https://github.com/python/cpython/blob/main/Lib/pickletools.py";
const DISASSEMBLE = "Disassemble the file with `python3 -m pickletools FILE`, which runs nothing, and look at the offset given.";

export const PICKLE_RULES = {
  callable: {
    id: "pickle-callable",
    summary: "a pickle imports or calls something that no model needs",
    gain: "Loading a pickle imports what it names and calls what it says, with the rights of whoever loads it: pickle, joblib and pandas in every version, torch.load unless weights_only is on (the default since PyTorch 2.6; CVE-2025-32434 before), numpy.load with allow_pickle.",
    check: DISASSEMBLE,
    references: [PICKLE, "https://cwe.mitre.org/data/definitions/502.html"],
  },
  codeByValue: {
    id: "pickle-code-by-value",
    summary: "a pickle carries code of its own and rebuilds it",
    gain: "The code inside is whatever its author put there; it runs when the model is used. pickle.load and joblib.load rebuild it in every version where cloudpickle or dill is installed, torch.load unless weights_only is on.",
    check: "Ask the author for the source, or save the model again without lambdas and local functions.",
    references: ["https://github.com/cloudpipe/cloudpickle#readme"],
  },
  codeInState: {
    id: "pickle-code-in-state",
    summary: "an object whose class runs a text of its state as code",
    gain: "The class is harmless and its name is on every allowlist; what runs while loading is the text, with the rights of whoever loads it. pickle.load and joblib.load do so where SciPy or statsmodels is installed; no version of these is known that only reads it.",
    check: "Compare the text in the state with what the framework writes: `pickletools.dis` shows it before the BUILD at the offset given.",
    references: [
      "https://github.com/scipy/scipy/blob/main/scipy/stats/_distn_infrastructure.py",
      "https://github.com/statsmodels/statsmodels/blob/main/statsmodels/base/data.py",
    ],
  },
  computedCall: {
    id: "pickle-computed-callable",
    summary: "a pickle calls something that has no name",
    gain: "A callable that only comes to be while loading is how a payload keeps its name out of the file. pickle.load, joblib.load and pandas call it in every version, torch.load unless weights_only is on.",
    check: DISASSEMBLE,
    references: [PICKLE],
  },
  unresolvedGlobal: {
    id: "pickle-unresolved-global",
    summary: "a global whose name is not two strings",
    gain: "Scanners that guess such names are led to a harmless one, while another unpickler takes the real one. CPython refuses a name that is no text, in every version.",
    check: DISASSEMBLE,
    references: [OPCODES],
  },
  extension: {
    id: "pickle-extension",
    summary: "a pickle uses copyreg's extension registry",
    gain: "An extension code stands for a name that the loading process or an earlier file registered, so the file itself does not show what is called. pickle.load and joblib.load look it up in every version of Python; torch.load with weights_only refuses it.",
    check: "Search the loading program for `copyreg.add_extension`; model files do not use it.",
    references: ["https://docs.python.org/3/library/copyreg.html"],
  },
  persistentId: {
    id: "pickle-persistent-id",
    summary: "a persistent id that is no tensor storage",
    gain: "What a persistent id does is up to the loader: it may open files, fetch addresses or import modules by it. pickle.load refuses it unless the program gives a function for it; torch.load has one, for storages.",
    check: DISASSEMBLE,
    references: ["https://docs.python.org/3/library/pickle.html#persistence-of-external-objects"],
  },
  build: {
    id: "pickle-build",
    summary: "BUILD sets attributes of something that is no fresh instance, or special attributes",
    gain: "Overwriting attributes of a module, a class or a function, or an object's own __setstate__ or __class__, turns harmless names into a call of the attacker's choice: in pickle.load and what is built on it (joblib, pandas) in every version, in torch.load unless weights_only is on.",
    check: DISASSEMBLE,
    references: ["https://peps.python.org/pep-0307/"],
  },
  codec: {
    id: "pickle-codec",
    summary: "bytes that are carried as text in another codec than latin1",
    gain: "Codecs are found by name: some unpack, some change letters, and a program can register its own, so that the bytes show only while loading. pickle.load and joblib.load look them up in every version of Python.",
    check: DISASSEMBLE,
    references: ["https://docs.python.org/3/library/codecs.html"],
  },
  setItem: {
    id: "pickle-setitem-on-tensor",
    summary: "SETITEM on a tensor while loading",
    gain: "PyTorch before 2.10 writes outside the tensor's memory when a pickle does this, also with weights_only=True (CVE-2026-24747).",
    check: "Load with torch 2.10 or newer only, in a sandbox; ask the author why the file does this.",
    references: ["https://nvd.nist.gov/vuln/detail/CVE-2026-24747"],
  },
  arrayType: {
    id: "pickle-array-type",
    summary: "an element type of numpy that contradicts itself",
    gain: "No version of NumPy is known that checks the state of a dtype that comes out of a pickle. Fields beyond the element read and write foreign memory, and objects that the flags deny are taken from the file's bytes as addresses: enough to run native code.",
    check: "Compare the sizes, offsets and flags in the state with those that numpy writes: `pickle.dumps` of a dtype made by hand.",
    references: [
      "https://github.com/numpy/numpy/blob/main/numpy/_core/src/multiarray/descriptor.c",
      "https://cwe.mitre.org/data/definitions/843.html",
    ],
  },
  exhaustion: {
    id: "pickle-resource-exhaustion",
    summary: "a pickle asks for more memory or time than any model needs",
    gain: "A few bytes make whoever loads the file run out of memory, or compute without end: pickle.load, joblib.load and torch.load have no bound, in any version.",
    check: `${DISASSEMBLE} Load it, if at all, with limits on memory and time.`,
    references: ["https://cwe.mitre.org/data/definitions/400.html", "https://cwe.mitre.org/data/definitions/1333.html"],
  },
  missingMemo: {
    id: "pickle-missing-memo",
    summary: "a memo entry is read that was never stored",
    gain: "CPython refuses the file there, in every version; a scanner that goes on with a guess sees another program than an unpickler that does not.",
    check: DISASSEMBLE,
    references: [OPCODES],
  },
  structure: {
    id: "pickle-structure",
    summary: "PROTO or FRAME that does not fit the stream",
    gain: "Loaders differ in what they make of it (CPython has two unpicklers, torch.load with weights_only a third), so a scanner can be stopped where a loader goes on.",
    check: DISASSEMBLE,
    references: ["https://peps.python.org/pep-3154/"],
  },
  streams: {
    id: "pickle-streams",
    summary: "more than one pickle in the file",
    gain: "Each call of pickle.load reads the next one, and torch.load reads five of a file in its old form, in every version: a scanner that ends at the first STOP misses the rest.",
    check: "Read the file with `pickletools.dis` from the offset given.",
    references: [PICKLE],
  },
  unowned: {
    id: "pickle-unowned-bytes",
    summary: "bytes outside of every stream",
    gain: "What the pickle does not mention travels with it past scanners and is picked up by a second stage; pickle.load never reads these bytes.",
    check: "Cut the bytes out at the offset given and identify them alone.",
    references: [],
  },
  hiddenOpcodes: {
    id: "pickle-opcodes-in-array",
    summary: "array bytes that are opcodes",
    gain: "joblib.load steps over them as an array; pickle.load executes them, in every version of Python.",
    check: DISASSEMBLE,
    references: ["https://github.com/joblib/joblib/blob/main/joblib/numpy_pickle.py"],
  },
  nested: {
    id: "pickle-nested",
    summary: "a pickle inside a string or bytes of a pickle",
    gain: "The inner pickle runs as soon as something decodes it, now or in a later stage; pickle.load, joblib.load and torch.load take it for data.",
    check: "Decode the value by hand, without loading it, and disassemble it with pickletools.",
    references: [PICKLE],
  },
} as const satisfies Record<string, Rule>;
