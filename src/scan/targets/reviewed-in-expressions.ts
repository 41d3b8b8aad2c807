/**
 * Names that the lists have as dangerous, since no pickle needs them, and that honest expressions are made of: they read what lies on the machine, or call what
 * stands beside them, which is judged itself. A person looks at them. `torch.load` opens a file of the bundle, which is examined where it lies.
 */
const REVIEWED: ReadonlySet<string> = new Set(
  (
    "glob.glob glob.iglob os.listdir os.environ os.environ.get os.getenv os.cpu_count pathlib.Path pathlib.PurePath sys.path.append torch.load torch.jit.load " +
    "builtins.print builtins.filter builtins.map builtins.max builtins.min builtins.sorted builtins.iter builtins.type builtins.callable builtins.hasattr functools.partial"
  ).split(" "),
);
const PATHS = /^(?:os\.path|posixpath|ntpath)\.(?:join|exists|isfile|isdir|basename|dirname|abspath|splitext|realpath|normpath|relpath|expanduser)$/;
/** An attribute that the text itself names, and that leads nowhere. */
const ATTRIBUTE = /\b(?:get|set)attr\s*\(\s*[\w.]+\s*,\s*(?:'([A-Za-z]\w*)'|"([A-Za-z]\w*)")\s*[,)]/g;
const ATTRIBUTE_CALLS = /\b(?:get|set)attr\b/g;
/** Modes of `open` other than for reading. */
const WRITES = /\bopen\s*\([^()]*,\s*(?:mode\s*=\s*)?['"][rbtU]*[wax+]/;
const POWER = /^(?:loads?|system|popen|exec\w*|eval|spawn\w*|import_module|call|check_\w+|run\w*|Popen|dlopen|find_class)$/;

/** Whether an expression that names this is for a person to look at, rather than a way to run code. */
export function isReviewedInExpressions(canonical: string, text: string): boolean {
  if (REVIEWED.has(canonical) || PATHS.test(canonical)) return true;
  if (canonical === "builtins.open") return !WRITES.test(text);
  return /^builtins\.[gs]etattr$/.test(canonical) && attributesAreNamed(text);
}

function attributesAreNamed(text: string): boolean {
  const named = [...text.matchAll(ATTRIBUTE)].map(([, single, double]) => single ?? double ?? "");
  return named.length === (text.match(ATTRIBUTE_CALLS)?.length ?? 0) && !named.some((name) => POWER.test(name));
}
