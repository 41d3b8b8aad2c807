import type { FormatId, Parsed, Probe } from "../format.ts";
import { IDENTIFIED_NAMES } from "../formats/identified/detect.ts";
import { formatName } from "../formats/names.ts";
import { textDetector } from "../formats/text/detect.ts";
import { mayBeDocument } from "../formats/yaml/detect.ts";
import type { Budget } from "../limits.ts";
import { claimedFormats, mayBeEmpty, treatAs } from "./extensions/index.ts";
import { ARCHIVES } from "./format-traits.ts";
import { type Identified, identify } from "./identify.ts";
import { parserOf } from "./loaded.ts";
import { mismatchOf } from "./mismatch.ts";
import { NOT_RECOGNISED } from "./not-recognised.ts";
import { probeOf } from "./probe.ts";
import { probedFormats } from "./probed-formats.ts";
import { WALK_RULES } from "./rules.ts";
import { parseAs, type Subject } from "./subject.ts";
import type { WalkReport } from "./walk-report.ts";

export interface Recognised {
  /** What the bytes are to be examined as. */
  readonly formats: readonly FormatId[];
  /** What they were parsed as to find that out. */
  readonly tried: Tried | null;
}

export interface Tried {
  readonly id: FormatId;
  readonly parsed: Parsed<unknown>;
}

/** What a subject is. What is wrong with the set of its formats, or with them under its name, is reported. */
export async function recognise(subject: Subject, budget: Budget, report: WalkReport): Promise<Recognised> {
  if (subject.as !== undefined) return known([subject.as]);
  if (subject.size === 0) {
    if (!mayBeEmpty(subject.name) && subject.treatment === "examine")
      report.add(WALK_RULES.empty, { severity: "medium", where: subject, title: `${subject.name} is empty` });
    return known([]);
  }
  const probe = await probeOf(subject.source);
  if (subject.treatment === "probe") return known(await probedFormats(probe));
  const identified = await identify(probe);
  const settled = await settle(identified, subject, budget, report);
  const formats = await asNamed(settled.formats, probe, subject.name);
  if (formats.length === 0) report.notExamined(subject.path, NOT_RECOGNISED);
  if (identified.sure.length > 1)
    report.add(WALK_RULES.polyglot, {
      severity: "medium",
      where: subject,
      title: `The file is ${identified.sure.map(formatName).join(" and ")} at once`,
      proof: { formats: identified.sure },
    });
  const mismatch = mismatchOf(claimedFormats(subject.name), formats, subject);
  if (mismatch !== null) report.add(mismatch.rule, mismatch.seen);
  return { formats, tried: settled.tried };
}

function known(formats: readonly FormatId[]): Recognised {
  return { formats, tried: null };
}

/** Formats with a magic, else the first without one that parses to its end. Text is then read as what its name makes of it. */
async function settle({ sure, possible }: Identified, subject: Subject, budget: Budget, report: WalkReport): Promise<Recognised> {
  if (sure.length > 0 && sure.every((id) => IDENTIFIED_NAMES.has(id))) return known([...sure, ...possible.filter((id) => ARCHIVES.has(id))]);
  if (sure.length > 0) return known(sure);
  for (const id of possible) {
    const format = await parserOf(id);
    const parsed = format === undefined ? null : await parseAs(format, subject, budget, report); // where it ends early, another reading may fit
    if (parsed === null || parsed.kind === "broken") continue;
    return { formats: [id === "text" ? (treatAs(subject.name) ?? id) : id], tried: { id, parsed } };
  }
  return known([]);
}

/** A loader renders a text under a template's name, and reads one under a name of YAML or XML as such, whatever its first bytes are the magic of. */
async function asNamed(formats: readonly FormatId[], probe: Probe, name: string): Promise<readonly FormatId[]> {
  const format = treatAs(name);
  if (format === null || formats.includes(format)) return formats;
  const readable = format === "yaml" || format === "xml" ? await mayBeDocument(probe) : (await textDetector.detect(probe)) !== "no";
  return readable ? [...formats, format] : formats;
}
