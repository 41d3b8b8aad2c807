import { type Finding, findingOf, type Rule, type Severity } from "../../finding.ts";
import type { Anomaly } from "../../format.ts";
import type { ComputedCall, ExtensionCode, PersistentId, PickledBuild, PickleFacts } from "../../formats/pickle/facts.ts";
import type { GlobalName } from "../callables/judge.ts";
import { PICKLE_RULES as RULES } from "./rules.ts";

/** Findings of one kind that are shown for one file; the count goes into the proof of the last. */
const MAX_EACH = 10;

/** What each anomaly of the parser means. */
const MEANINGS: Readonly<Record<string, { readonly rule: Rule; readonly severity: Severity; readonly title: (what: string) => string }>> = {
  "unresolved-global": { rule: RULES.unresolvedGlobal, severity: "high", title: (what) => `A global has no readable name: ${what}` },
  "missing-memo": { rule: RULES.missingMemo, severity: "medium", title: (what) => `The stream reads what it never stored: ${what}` },
  "code-in-state": { rule: RULES.codeInState, severity: "critical", title: (what) => `Loading this runs code that restores ${what}` },
  codec: { rule: RULES.codec, severity: "medium", title: (what) => `Loading this calls ${what}` },
  protocol: { rule: RULES.structure, severity: "medium", title: (what) => what },
  frame: { rule: RULES.structure, severity: "medium", title: (what) => `FRAME lies: ${what}` },
  "setitem-on-tensor": { rule: RULES.setItem, severity: "high", title: (what) => `Loading this uses ${what}` },
  "array-type": { rule: RULES.arrayType, severity: "high", title: (what) => `Arrays of this read memory that is not theirs: ${what}` },
  "opcodes-in-array": { rule: RULES.hiddenOpcodes, severity: "high", title: (what) => `Two loaders read this differently: ${what}` },
  "search-cut": { rule: RULES.structure, severity: "medium", title: (what) => `Not searched to the last detail: ${what}` },
  "storage-size": { rule: RULES.structure, severity: "medium", title: (what) => `Sizes disagree: ${what}` },
};

export function anomalyFindings(anomalies: readonly Anomaly[], path: string): readonly Finding[] {
  return anomalies.flatMap(({ kind, at, what }) => {
    const meaning = MEANINGS[kind];
    if (meaning === undefined) return [];
    return [findingOf(meaning.rule, { severity: meaning.severity, where: { path, offset: at }, title: meaning.title(what), proof: { kind } })];
  });
}

/** Calls without a name. Where what made the callable is a finding itself (`isReported`), that finding stands for the call as well. */
export function computedCallFindings(calls: readonly ComputedCall[], isReported: (root: GlobalName) => boolean, path: string): readonly Finding[] {
  const unexplained = calls.filter(({ root }) => root === null || !isReported(root));
  return unexplained.slice(0, MAX_EACH).map(({ offset, expression, callee, isValue, root, opcode }) =>
    findingOf(RULES.computedCall, {
      severity: root === null && !isValue ? "high" : "medium",
      where: { path, offset },
      title: `Loading this calls ${callee}`,
      detail: `The stream says: ${expression}.`,
      proof: { opcode, expression, calls: unexplained.length },
    }),
  );
}

/** Attributes that an instance may not bring along: pickle, copy, numpy and the interpreter look them up on the instance itself. */
const TAKEN_FROM_INSTANCE: ReadonlySet<string> = new Set([
  "__setstate__",
  "__class__",
  "__reduce__",
  "__reduce_ex__",
  "__getstate__",
  "__dict__",
  "__builtins__",
  // Of joblib's old wrappers, where it leads out of their folder: what lies there is loaded, with pickles allowed.
  "filename",
  // By these numpy and its kin take any address for the memory of an array.
  "__array__",
  "__array_interface__",
  "__array_struct__",
  "__cuda_array_interface__",
  // These are called in the place of numpy's own functions.
  "__array_function__",
  "__array_ufunc__",
]);

export function buildFindings(builds: readonly PickledBuild[], path: string): readonly Finding[] {
  const telling = builds.filter(({ target, attributes }) => target !== "instance" || attributes.some((name) => TAKEN_FROM_INSTANCE.has(name)));
  return telling.slice(0, MAX_EACH).map(({ offset, target, expression, attributes }) =>
    findingOf(RULES.build, {
      severity: target === "other" ? "medium" : "high",
      where: { path, offset },
      title: `Loading this sets ${attributes.slice(0, 4).join(", ") || "the state"} of ${WHAT[target]}`,
      detail: `The stream says: ${expression}.`,
      proof: { target, attributes, expression },
    }),
  );
}

const WHAT = {
  global: "something that it imported",
  module: "a module",
  instance: "an object, which Python or numpy then acts on",
  other: "a value that is no object of a class",
} as const;

export function extensionFindings(extensions: readonly ExtensionCode[], path: string): readonly Finding[] {
  return extensions.slice(0, MAX_EACH).map(({ code, offset, called }) =>
    findingOf(RULES.extension, {
      severity: called ? "high" : "medium",
      where: { path, offset },
      title: `Loading this ${called ? "calls" : "takes"} whatever is registered under extension code ${code}`,
      proof: { code, called },
    }),
  );
}

/** @param legacyTorch the format writes the source text of classes into persistent ids, as text that is shown, not run */
export function persistentIdFindings(ids: readonly PersistentId[], legacyTorch: boolean, path: string): readonly Finding[] {
  const foreign = ids.filter(({ kind }) => kind === "other" || !legacyTorch);
  return foreign.slice(0, MAX_EACH).map(({ expression, offset }) =>
    findingOf(RULES.persistentId, {
      severity: "medium",
      where: { path, offset },
      title: "A persistent id is no tensor storage",
      detail: `The stream says: persistent_load(${expression}).`,
      proof: { expression, ids: foreign.length },
    }),
  );
}

/** Streams behind the first, and bytes that belong to none. Streams that follow at once are what several pickle.dump calls write. */
export function layoutFindings({ streams, unowned, counts }: PickleFacts, path: string): readonly Finding[] {
  const [first, second] = streams;
  // What follows a break at once belongs to the break, which the walker reports.
  const breaks = new Set(streams.filter(({ ended }) => ended !== "stop").map(({ end }) => end));
  const spans = unowned.filter(({ offset }) => !breaks.has(offset));
  const findings = spans.slice(0, MAX_EACH).map(({ offset, size, blank }) =>
    findingOf(RULES.unowned, {
      severity: blank ? "info" : "medium",
      where: { path, offset },
      title: `${size} ${blank ? "blank " : ""}bytes belong to no pickle`,
      proof: { size, blank },
    }),
  );
  if (first === undefined || second === undefined) return findings;
  const apart = unowned.some(({ offset }) => offset < (streams.at(-1)?.start ?? 0));
  const more = findingOf(RULES.streams, {
    severity: apart ? "medium" : "info",
    where: { path, offset: second.start },
    title: `The file holds ${counts.streams} pickles${apart ? ", with other bytes between them" : ", one after another"}`,
    proof: { streams: counts.streams, starts: streams.slice(0, 16).map(({ start }) => start) },
  });
  return [more, ...findings];
}
