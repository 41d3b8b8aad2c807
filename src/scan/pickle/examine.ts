import { bySeverity, type Examined, type Examiner, type Finding, type SubjectInfo } from "../../finding.ts";
import type { FormatId, Parsed } from "../../format.ts";
import type { PickleFacts } from "../../formats/pickle/facts.ts";
import type { TorchLegacyFacts } from "../../formats/torch-legacy/parse.ts";
import type { GlobalName } from "../callables/judge.ts";
import { costFindings } from "./costs.ts";
import { globalFinding, isTorchScriptClass, type Judge, type Judged, judgedGlobals } from "./globals.ts";
import { nestedFindings } from "./nested.ts";
import { PICKLE_RULES } from "./rules.ts";
import { anomalyFindings, buildFindings, computedCallFindings, extensionFindings, layoutFindings, persistentIdFindings } from "./shape.ts";

const VERSION = 1;
/** Of a flood of names, findings are made for the worst of them. */
const MAX_GLOBALS = 1000;
const RULES = Object.values(PICKLE_RULES);

/** Says what loading a pickle would do. @param reads `pickle` or a format with the same facts */
export function pickleExaminer(judge: Judge, reads: FormatId = "pickle"): Examiner<PickleFacts> {
  return {
    id: reads,
    version: VERSION,
    reads,
    rules: RULES,
    examine(parsed, subject): Examined {
      const { findings, more } = contentFindings(parsed, judge, subject, subject.containers.includes("torch-tar"));
      return { findings: [...findings, ...layoutFindings(parsed.facts, subject.path)], more };
    },
  };
}

/** The five streams of a legacy torch file are its format; only what else is in them is judged. */
export function torchLegacyExaminer(judge: Judge): Examiner<TorchLegacyFacts> {
  return {
    id: "torch-legacy",
    version: VERSION,
    reads: "torch-legacy",
    rules: RULES,
    examine(parsed, subject): Examined {
      const { pickle, storages, unowned } = parsed.facts;
      const spans = unowned === null ? pickle.unowned : [...pickle.unowned, { ...unowned, blank: false }];
      const streams = storages.length > 0 || pickle.streams.length <= 5 ? [] : pickle.streams;
      const { findings, more } = contentFindings({ ...parsed, facts: pickle }, judge, subject, true);
      return {
        findings: [...findings, ...layoutFindings({ ...pickle, streams, unowned: spans }, subject.path)],
        more,
        parameters: pickle.storages.reduce((sum, { elements, storageType }) => sum + (storageType === "UntypedStorage" ? 0 : elements), 0),
      };
    },
  };
}

function contentFindings(
  { facts, anomalies }: Parsed<PickleFacts>,
  judge: Judge,
  subject: SubjectInfo,
  legacyTorch: boolean,
): Required<Pick<Examined, "findings" | "more">> {
  const { path } = subject;
  const judged = judgedGlobals(facts, judge, subject);
  const worst = judged.length <= MAX_GLOBALS ? judged : judged.toSorted((a, b) => bySeverity(a.severity, b.severity)).slice(0, MAX_GLOBALS);
  const findings = [
    ...worst.map((each) => globalFinding(each, facts, path)),
    ...doneBy(facts, judged, subject),
    ...persistentIdFindings(facts.persistentIds, legacyTorch, path),
    ...nestedFindings(facts.nested, (inner) => allDoneBy(inner, judge, subject), path),
    ...anomalyFindings(anomalies, path),
  ];
  return { findings, more: judged.length - worst.length };
}

/** What a pickle does besides naming globals. */
function doneBy(facts: PickleFacts, judged: readonly Judged[], subject: SubjectInfo): readonly Finding[] {
  const reported = new Set(judged.map(({ global }) => `${global.module}\n${global.name}`));
  const isReported = ({ module, name }: GlobalName) => reported.has(`${module}\n${name}`) || isTorchScriptClass({ module }, subject);
  return [
    ...computedCallFindings(facts.computedCalls, isReported, subject.path),
    ...buildFindings(facts.builds, subject.path),
    ...extensionFindings(facts.extensions, subject.path),
    ...costFindings(facts.costs, subject.path),
  ];
}

function allDoneBy(facts: PickleFacts, judge: Judge, subject: SubjectInfo): readonly Finding[] {
  const judged = judgedGlobals(facts, judge, subject);
  return [...judged.slice(0, MAX_GLOBALS).map((each) => globalFinding(each, facts, subject.path)), ...doneBy(facts, judged, subject)];
}
