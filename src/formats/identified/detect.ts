import type { Detector, FormatId, Probe } from "../../format.ts";
import { HEURISTICS, type Heuristic } from "./heuristics.ts";
import { SIGNATURES, type Signature } from "./table.ts";

/** A magic of letters in a file without a NUL this early is a word in a text. */
const BINARY_BYTES = 512;

/** One detector for each id in the table and the heuristics. */
export const IDENTIFIED_DETECTORS: readonly Detector[] = [...new Set([...SIGNATURES, ...HEURISTICS].map(({ id }) => id))].map(detectorOf);

/** What each id is called. */
export const IDENTIFIED_NAMES: ReadonlyMap<string, string> = new Map([...SIGNATURES, ...HEURISTICS].toReversed().map(({ id, name }) => [id, name]));

/** What bytes are parsed as that no detector knows. Nothing is detected as this, and no report shows it. */
export const UNRECOGNISED: FormatId = "unrecognised";

function detectorOf(id: string): Detector {
  const signatures = SIGNATURES.filter((signature) => signature.id === id);
  const heuristics = HEURISTICS.filter((heuristic) => heuristic.id === id);
  const begins = beginningsOf(signatures, heuristics);
  const refines = heuristics.flatMap((heuristic) => heuristic.refines ?? []);
  return {
    id,
    ...(begins === null ? {} : { begins }),
    ...(refines.length === 0 ? {} : { refines }),
    detect(probe) {
      const head = headOf(probe);
      if (heuristics.length === 0 && signatures.every((signature) => isMissing(signature, probe, head))) return NO;
      return detect(signatures, heuristics, probe, head);
    },
  };
}

/** The first bytes of all its magics; null where one stands elsewhere. */
function beginningsOf(signatures: readonly Signature[], heuristics: readonly Heuristic[]): string | null {
  const firsts = [...signatures.map(({ magic, at = 0 }) => (at === 0 ? magic.charAt(0) : null)), ...heuristics.map(({ begins = null }) => begins)];
  return firsts.includes(null) ? null : firsts.join("");
}

/** Nearly all of these detectors answer no from the first bytes: sixty promises for each of 100,000 members would cost more than all else. */
const NO = Promise.resolve("no" as const);
const headTexts = new WeakMap<Uint8Array, string>();

/** The first bytes as text, one character a byte; made once for all detectors. */
function headOf({ head }: Probe): string {
  const known = headTexts.get(head) ?? Buffer.from(head.buffer, head.byteOffset, head.length).toString("latin1");
  headTexts.set(head, known);
  return known;
}

async function detect(
  signatures: readonly Signature[],
  heuristics: readonly Heuristic[],
  probe: Probe,
  head: string,
): Promise<"yes" | "maybe" | "no"> {
  for (const signature of signatures) if (await stands(signature, probe, head)) return "yes";
  return bestOf(heuristics, probe, head);
}

/** Whether the first bytes tell that a magic is not there. */
function isMissing({ magic, at = 0 }: Signature, { size }: Probe, head: string): boolean {
  const from = at < 0 ? size + at : at;
  return from < 0 || from + magic.length > size || (from + magic.length <= head.length && !head.startsWith(magic, from));
}

async function stands(signature: Signature, probe: Probe, head: string): Promise<boolean> {
  if (isMissing(signature, probe, head)) return false;
  const { magic, at = 0, text } = signature;
  const from = at < 0 ? probe.size + at : at;
  const found = from + magic.length <= head.length || Buffer.from(await probe.at(from, magic.length)).toString("latin1") === magic;
  return found && (text === true || !/^[\x20-\x7e\n]+$/.test(magic) || head.slice(0, BINARY_BYTES).includes("\0"));
}

async function bestOf(heuristics: readonly Heuristic[], probe: Probe, head: string): Promise<"yes" | "maybe" | "no"> {
  let best: "maybe" | "no" = "no";
  for (const heuristic of heuristics)
    if (await heuristic.is(probe, head)) {
      if (heuristic.sure) return "yes";
      best = "maybe";
    }
  return best;
}
