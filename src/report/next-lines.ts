import { forTerminal } from "../escape.ts";
import type { Severity } from "../finding.ts";
import type { Examination, Verdict } from "../scan/examination.ts";
import { explainLines } from "./finding-groups.ts";
import type { ScreenOptions } from "./finding-lines.ts";
import { type Answered, RANK, verdictIn } from "./scan-screen.ts";
import { shellWord } from "./shell-word.ts";
import { indented } from "./wrap.ts";

/** What a run was asked for that changes what comes next. */
interface Asked {
  readonly failOn?: Severity;
  readonly writeBaseline?: string;
}

/** What to do about what was found, by the worst of it; nothing where nothing is to be done. */
export function nextLines(answered: readonly Answered[], asked: Asked, { width }: ScreenOptions): readonly string[] {
  const open = answered.filter(({ exit }) => exit !== 0);
  const [worst] = open.toSorted((a, b) => RANK[verdictIn(a.examination)] - RANK[verdictIn(b.examination)]);
  if (worst === undefined) return [];
  const byBar = open.some(({ exit, examination }) => exit === 1 && verdictIn(examination) !== "block");
  return [
    ...(byBar ? [`Exit 1 by --fail-on ${asked.failOn}.`] : []),
    `Next: ${actFor(worst, asked)}`,
    ...explainLines(worst.remaining.findings),
  ].flatMap((line) => indented(line, width, 2));
}

function actFor({ source, examination }: Answered, { writeBaseline }: Asked): string {
  if (examination.coverage.status === "interrupted") return "run it again; it was not examined to its end.";
  const snapshot = snapshotIn(examination);
  if (snapshot !== null)
    return `this is a folder of the hub's cache, with all revisions of a model. Give what is loaded: ${forTerminal(shellWord(`${source.replace(/\/+$/, "")}/${snapshot}`))}`;
  if (writeBaseline !== undefined)
    return `look at what is named above, then complete ${forTerminal(writeBaseline)}: a reason, an approver and an end for each entry; remove the rest. --baseline reads it.`;
  const verdict = verdictIn(examination);
  return verdict === "block" && isOfSettings(examination) ? SETTINGS : ACT[verdict];
}

/** Other weights help nobody where a configuration is what blocks. */
function isOfSettings({ findings }: Examination): boolean {
  const blocking = findings.filter(({ severity }) => severity === "high" || severity === "critical");
  return blocking.length > 0 && blocking.every(({ where }) => /(?:^|\/)[^/!]+\.(?:json|ya?ml)$/i.test(where.path));
}

const SETTINGS = "do not load it. Read the settings named above; ask the publisher what they are for.";

const ACT: Readonly<Record<Verdict, string>> = {
  pass: "look at what is named above.",
  review:
    "a person looks at what is named above. If it is safe, accept it in a baseline (--write-baseline FILE), or approve it after npx weighbridge admit.",
  block: "do not load it. Take another variant, or ask the publisher for safetensors without code.",
};

/** A snapshot of a model, where the artifact is the folder around it: `models--ORG--NAME/` with `blobs/` and `snapshots/REVISION/`. */
function snapshotIn({ artifact }: Examination): string | null {
  const paths = artifact.manifest.entries.map(({ path }) => path);
  if (!paths.some((path) => path.startsWith("blobs/"))) return null;
  const [, snapshot = null] = /^(snapshots\/[0-9a-f]{40})\//.exec(paths.find((path) => path.startsWith("snapshots/")) ?? "") ?? [];
  return snapshot;
}
