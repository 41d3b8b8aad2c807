import type { FormatId } from "../format.ts";
import { lazily } from "../lazily.ts";
import { type Budget, LimitError } from "../limits.ts";
import { declares } from "./declared.ts";
import { encodedPlaces } from "./encoded/places.ts";
import { encodedTexts } from "./encoded/texts.ts";
import { worthSearching } from "./secrets/prefilter.ts";
import { textExtents } from "./secrets/where.ts";
import type { Subject } from "./subject.ts";
import type { WalkReport } from "./walk-report.ts";

const secretsEngine = lazily(() => import("./secrets/index.ts"));
const encodedEngine = lazily(() => import("./encoded/index.ts"));
const cardEngine = lazily(() => import("./card/index.ts"));

// What is read of a subject's bytes beside its examiners, whatever its format is.

/** What was left in a text by mistake; a format without texts costs nothing. */
export async function lookForLeaks(id: FormatId, facts: unknown, { source, path }: Subject, budget: Budget, report: WalkReport): Promise<void> {
  const texts = textExtents(id, facts, source.size);
  if (texts.length === 0) return;
  try {
    if (!(await worthSearching(source, texts, budget))) return;
    const { leakedIn } = await secretsEngine();
    const { findings, secrets } = await leakedIn(id, texts, source, path, budget);
    report.keep(findings, path);
    report.secrets.push(...secrets);
  } catch (error) {
    if (error instanceof LimitError) throw error;
    report.failed("search for secrets", path, error);
  }
}

/** Programs that a text holds in letters. */
export async function lookForPrograms(id: FormatId, facts: unknown, { source, path }: Subject, budget: Budget, report: WalkReport): Promise<void> {
  try {
    for (const text of encodedTexts(id, facts, source)) {
      const places = await beginning(encodedPlaces(text, budget));
      if (places === null) continue;
      const { encodedPrograms } = await encodedEngine();
      const { findings, cut } = await encodedPrograms(text, places, path, budget);
      report.keep(findings, path);
      if (cut) report.limit(path, "so much in it may be a program in letters that not all was decoded");
    }
  } catch (error) {
    if (error instanceof LimitError) throw error;
    report.failed("search for encoded programs", path, error);
  }
}

/** All of a list that is made as it is read, or null where it has no first. */
async function beginning<T>(items: AsyncGenerator<T, void>): Promise<AsyncIterable<T> | null> {
  const first = await items.next();
  if (first.done === true) return null;
  return (async function* () {
    yield first.value;
    yield* items;
  })();
}

/** What a file on disk says of the model: its card, its licence. */
export async function takeDeclared(id: FormatId, facts: unknown, subject: Subject, budget: Budget, report: WalkReport): Promise<void> {
  const { source, path, name, containers } = subject;
  const from = containers.length === 0 ? declares(id, facts, name) : null;
  if (from === null) return;
  try {
    const { declaredBy } = await cardEngine();
    const { licence, card } = await declaredBy(from, { source, facts, path }, budget);
    if (licence !== null) report.licences.push(licence);
    report.card ??= card;
  } catch (error) {
    if (error instanceof LimitError) throw error;
    report.failed("reading of what the file declares", path, error);
  }
}
