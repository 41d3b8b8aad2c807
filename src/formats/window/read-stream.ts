import type { Parsed } from "../../format.ts";
import { LimitError } from "../../limits.ts";
import { StreamBreak } from "./window.ts";

/** Reads one stream with a window; what it has is facts at any time. */
export interface StreamReading<F> {
  /** Where the last part that could be read ends. */
  readonly endsAt: number;
  run(): Promise<void>;
  facts(): F;
  close(): void;
}

/** Reads to the end, the break or the limit. @param complete what is added to the facts of a stream that was read to its end */
export async function readStream<F>(reading: StreamReading<F>, complete: (facts: F) => Promise<F> | F = (facts) => facts): Promise<Parsed<F>> {
  try {
    await reading.run();
    return { kind: "parsed", facts: await complete(reading.facts()), anomalies: [] };
  } catch (error) {
    if (error instanceof StreamBreak) return { kind: "broken", facts: reading.facts(), anomalies: [], at: reading.endsAt, why: error.message };
    if (error instanceof LimitError) return { kind: "limit", facts: reading.facts(), anomalies: [], why: error.message };
    throw error;
  } finally {
    reading.close();
  }
}
