import type { Examiner } from "../finding.ts";
import type { Format, FormatId } from "../format.ts";
import { FORMATS } from "../formats/registry.ts";
import { EXAMINERS } from "./registry.ts";

const parsers = new Map<FormatId, Format<unknown>>();
const examiners = new Map<FormatId, readonly Examiner<never>[]>();

/** The parser of a format, loaded when first asked for. To ask the module loader again for each of 100,000 members takes longer than to examine them. */
export async function parserOf(id: FormatId): Promise<Format<unknown> | undefined> {
  const known = parsers.get(id);
  if (known !== undefined) return known;
  const format = await FORMATS[id]?.();
  if (format !== undefined) parsers.set(id, format);
  return format;
}

/** The examiners of a format, loaded when first asked for. */
export async function examinersOf(id: FormatId): Promise<readonly Examiner<never>[]> {
  const known = examiners.get(id) ?? (await EXAMINERS[id]?.()) ?? [];
  examiners.set(id, known);
  return known;
}
