import type { ByteSource } from "../../bytes.ts";
import type { ChildRef, Format, Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { type Layout, MAGICS } from "./layouts.ts";
import { type Reading, readLayout } from "./read-layout.ts";

export interface GgmlFacts {
  readonly size: number;
  /** `ggml`, `ggmf`, `ggjt` or `ggla`. */
  readonly kind: string;
  /** How its header is laid out; null where no layout that is known leads to a tensor or to the end of the file. */
  readonly layout: Layout | null;
  readonly tokens: number;
  readonly tensors: number;
  readonly elements: number;
  readonly endsAt: number;
}

const NOTHING: Reading = { tokens: 0, tensors: 0, elements: 0, endsAt: 4, why: null };
/** A layout that accounts for a file by chance would have to meet this many tensors: one of the wrong layout has none. */
const CONVINCING_TENSORS = 3;

/**
 * Models of ggml before GGUF. The header does not say what it holds, so the layouts of the programs that read such files are tried, and the one that
 * accounts for every byte is it. Numbers of a model act on nothing.
 */
export const ggml: Format<GgmlFacts> = {
  id: "ggml",
  async parse(bytes, budget): Promise<Parsed<GgmlFacts>> {
    const magic = Buffer.from(await bytes.read(0, Math.min(4, bytes.size))).toString("latin1");
    const facts = (reading: Reading, layout: Layout | null): GgmlFacts => {
      const { tokens, tensors, elements, endsAt } = reading;
      return { size: bytes.size, kind: [...magic].reverse().join(""), layout, tokens, tensors, elements, endsAt };
    };
    if (!Object.hasOwn(MAGICS, magic)) return { kind: "broken", facts: facts(NOTHING, null), anomalies: [], at: 0, why: "no magic of ggml" };
    try {
      const { layout, reading } = await best(MAGICS[magic] ?? [], bytes, budget);
      if (reading.why === null || reading.tensors < CONVINCING_TENSORS) return { kind: "parsed", facts: facts(reading, layout), anomalies: [] };
      return {
        kind: "broken",
        facts: facts(reading, layout),
        anomalies: [],
        at: reading.endsAt,
        why: `behind ${reading.tensors} tensors, ${reading.why}`,
      };
    } catch (error) {
      if (!(error instanceof LimitError)) throw error;
      return { kind: "limit", facts: facts({ ...NOTHING, endsAt: bytes.size }, null), anomalies: [], why: error.message };
    }
  },
  children: ({ size, endsAt }): readonly ChildRef[] =>
    endsAt < size ? [{ name: `unowned@${endsAt}`, region: { in: "slice", offset: endsAt, size: size - endsAt }, treatment: "search" }] : [],
};

/** The first layout that accounts for all bytes; else the one that reads the most tensors, and of two alike the one that gets further. */
async function best(
  layouts: readonly Layout[],
  bytes: ByteSource,
  budget: Budget,
): Promise<{ readonly layout: Layout | null; readonly reading: Reading }> {
  let found: { layout: Layout | null; reading: Reading } = { layout: null, reading: NOTHING };
  for (const layout of layouts) {
    const reading = await readLayout(layout, bytes, budget);
    if (reading.why === null && reading.tensors + reading.tokens > 0) return { layout, reading };
    if (reading.tensors > found.reading.tensors) found = { layout, reading };
  }
  return found.reading.tensors < CONVINCING_TENSORS ? { layout: null, reading: NOTHING } : found;
}
