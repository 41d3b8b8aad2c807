import type { ByteSource } from "../../../bytes.ts";
import type { Format, Parsed } from "../../../format.ts";
import { type Budget, LimitError } from "../../../limits.ts";
import type { CheckpointPath, CheckpointStateFacts } from "./facts.ts";

const MAX_PATHS = 10_000;
const MAX_UNKNOWN = 20;
/** CheckpointState (checkpoint_state.proto): two fields of paths, and times. */
const PATHS: ReadonlySet<string> = new Set(["model_checkpoint_path", "all_model_checkpoint_paths"]);
const TIMES: ReadonlySet<string> = new Set(["all_model_checkpoint_timestamps", "last_preserved_timestamp"]);

/** The file `checkpoint`: a CheckpointState in protobuf's text format. https://protobuf.dev/reference/protobuf/textformat-spec/ */
export const checkpointStateFormat: Format<CheckpointStateFacts> = {
  id: "tf-checkpoint-state",
  async parse(bytes: ByteSource, budget: Budget): Promise<Parsed<CheckpointStateFacts>> {
    const facts = { paths: [] as CheckpointPath[], unknown: [] as string[] };
    let held = 0;
    try {
      if (bytes.size > budget.limits.maxHeaderBytes) throw new LimitError("maxHeaderBytes", budget.limits.maxHeaderBytes);
      budget.hold(bytes.size);
      held = bytes.size;
      const read = await bytes.read(0, bytes.size);
      const stop = readFields(Buffer.from(read.buffer, read.byteOffset, read.length).toString("latin1"), budget, facts);
      if (stop === null) return { kind: "parsed", facts, anomalies: [] };
      return { kind: "broken", facts, anomalies: [], at: stop, why: "no field of a checkpoint state stands here" };
    } catch (error) {
      if (!(error instanceof LimitError)) throw error;
      return { kind: "limit", facts, anomalies: [], why: error.message };
    } finally {
      budget.release(held);
    }
  },
};

/** `name: value`, the value one or more strings behind one another, or a number; then a mark that may be left out. */
const FIELD = /\s*(?:#[^\n]*\n\s*)*([A-Za-z_]\w*)\s*:\s*/y;
const STRING = /(?:"((?:[^"\\\n]|\\[^\n])*)"|'((?:[^'\\\n]|\\[^\n])*)')\s*/y;
const NUMBER = /[-+]?[\w.]+\s*/y;
const MARK = /[;,]?\s*/y;
const REST = /(?:\s|#[^\n]*(?:\n|$))*$/y;

/** Reads Latin-1 text, so that an index is an offset. Yields where it stops making sense, or null. */
function readFields(text: string, budget: Budget, facts: { paths: CheckpointPath[]; unknown: string[] }): number | null {
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  for (;;) {
    budget.steps(1);
    if (take(REST) !== null) return null;
    const from = at;
    const name = take(FIELD)?.[1];
    if (name === undefined) return from;
    let path: string | null = null;
    for (let piece = take(STRING); piece !== null; piece = take(STRING)) path = `${path ?? ""}${unescaped(piece[1] ?? piece[2] ?? "")}`;
    if (path === null && take(NUMBER) === null) return from;
    take(MARK);
    if (path !== null && PATHS.has(name)) {
      if (facts.paths.length >= MAX_PATHS) throw new LimitError("maxEntries", MAX_PATHS);
      facts.paths.push({ field: name, path: Buffer.from(path, "latin1").toString("utf8").slice(0, 4096), at: from });
    } else if (!TIMES.has(name) && facts.unknown.length < MAX_UNKNOWN) facts.unknown.push(name.slice(0, 100));
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", a: "\x07", b: "\b", f: "\f", v: "\v" };

/** Escapes of the text format: letters, octal and hexadecimal bytes; any other character stands for itself. */
function unescaped(text: string): string {
  return text.replace(
    /\\(?:([0-7]{1,3})|[xX]([0-9a-fA-F]{1,2})|([^\n]))/g,
    (_, octal: string | undefined, hex: string | undefined, other: string | undefined) => {
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      return ESCAPES[other ?? ""] ?? other ?? "";
    },
  );
}
