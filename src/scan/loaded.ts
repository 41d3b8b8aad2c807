import type { Examiner, FurtherExamination } from "../finding.ts";
import type { Format, FormatId } from "../format.ts";
import { FORMATS } from "../formats/registry.ts";
import { EXAMINERS } from "./registry.ts";

const parsers = new Map<FormatId, Format<unknown>>();
const examiners = new Map<FormatId, readonly Examiner<never>[]>();
const further = new Map<FurtherExamination<never>, Examiner<never>>();

/** The parser of a format, loaded when first asked for. To ask the module loader again for each of 100,000 members takes longer than to examine them. */
export async function parserOf(id: FormatId): Promise<Format<unknown> | undefined> {
  const known = parsers.get(id);
  if (known !== undefined) return known;
  const format = await FORMATS[id]?.();
  if (format !== undefined) parsers.set(id, format);
  return format;
}

/** The examiners of a format with those parts that its facts need, each loaded when first asked for. */
export async function examinersOf(id: FormatId, facts: unknown): Promise<readonly Examiner<never>[]> {
  const known = examiners.get(id) ?? (await EXAMINERS[id]?.()) ?? [];
  examiners.set(id, known);
  if (known.every((examiner) => examiner.further === undefined)) return known;
  // The registry pairs an examiner with the format that it reads.
  const asked = known.flatMap((examiner) =>
    (examiner.further ?? []).filter((part) => part.neededFor(facts as never)).map((part) => ({ examiner, part })),
  );
  return [...known, ...(await Promise.all(asked.map(({ examiner, part }) => loadedPart(examiner, part))))];
}

async function loadedPart(examiner: Examiner<never>, part: FurtherExamination<never>): Promise<Examiner<never>> {
  const known = further.get(part);
  if (known !== undefined) return known;
  const loaded = { ...examiner, examine: await part.load() };
  further.set(part, loaded);
  return loaded;
}
