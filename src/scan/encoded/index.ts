import { type Finding, findingOf } from "../../finding.ts";
import type { Budget } from "../../limits.ts";
import { allBytes, firstBytes } from "./decode.ts";
import type { EncodedPlace } from "./places.ts";
import { mayBeProgram, type Program, programIn } from "./program.ts";
import { ENCODED_RULES } from "./rules.ts";
import type { EncodedText } from "./texts.ts";

const MAX_FOUND = 32;

/** Programs that a text holds in letters, which nothing decodes by itself. */
export async function encodedPrograms(
  { source, at }: EncodedText,
  places: AsyncIterable<EncodedPlace>,
  path: string,
  budget: Budget,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for await (const place of places) {
    budget.steps(16);
    if (!mayBeProgram(await firstBytes(source, place))) continue;
    const program = await programIn(await allBytes(source, place, budget), budget);
    if (program === null) continue;
    findings.push(findingOf(ENCODED_RULES.program, { severity: "medium", where: { path, offset: at ?? place.at }, ...said(program, place) }));
    if (findings.length >= MAX_FOUND) break;
  }
  return findings;
}

function said(program: Program, { encoding }: EncodedPlace) {
  if (program.kind === "executable")
    return { title: `Letters of ${encoding} stand for a program of the machine`, proof: { encoding, kind: "executable" } };
  const { title, rule } = program.worst;
  return { title: `Letters of ${encoding} stand for a pickle. ${title}`, proof: { encoding, kind: "pickle", rule, inside: title } };
}
