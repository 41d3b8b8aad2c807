import { type Finding, findingOf } from "../../finding.ts";
import type { Budget } from "../../limits.ts";
import { allBytes, firstBytes } from "./decode.ts";
import type { EncodedPlace } from "./places.ts";
import { mayBeProgram, type Program, programIn } from "./program.ts";
import { ENCODED_RULES } from "./rules.ts";
import type { EncodedText } from "./texts.ts";

const MAX_FOUND = 32;
/** Bytes that are decoded of one text: letters that begin as programs again and again, and go on to its end, would take hours. */
const MAX_DECODED_BYTES = 16 * 1024 * 1024;
/** What a first look at one place costs. */
const STEPS_PER_PLACE = 64;

export interface EncodedPrograms {
  readonly findings: readonly Finding[];
  /** There was more that may be a program than was decoded. */
  readonly cut: boolean;
}

/** Programs that a text holds in letters, which nothing decodes by itself. */
export async function encodedPrograms(
  { source, at }: EncodedText,
  places: AsyncIterable<EncodedPlace>,
  path: string,
  budget: Budget,
): Promise<EncodedPrograms> {
  const findings: Finding[] = [];
  let decoded = 0;
  for await (const place of places) {
    budget.steps(STEPS_PER_PLACE);
    if (!mayBeProgram(await firstBytes(source, place))) continue;
    if (decoded >= MAX_DECODED_BYTES || findings.length >= MAX_FOUND) return { findings, cut: true };
    const bytes = await allBytes(source, place, budget);
    decoded += bytes.length;
    const program = await programIn(bytes, budget);
    if (program !== null)
      findings.push(findingOf(ENCODED_RULES.program, { severity: "medium", where: { path, offset: at ?? place.at }, ...said(program, place) }));
  }
  return { findings, cut: false };
}

function said(program: Program, { encoding }: EncodedPlace) {
  if (program.kind === "executable")
    return { title: `Letters of ${encoding} stand for a program of the machine`, proof: { encoding, kind: "executable" } };
  const { title, rule } = program.worst;
  return { title: `Letters of ${encoding} stand for a pickle. ${title}`, proof: { encoding, kind: "pickle", rule, inside: title } };
}
