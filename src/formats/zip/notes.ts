import type { Anomaly } from "../../format.ts";

/** Anomalies of one kind that are kept; a flood of them says no more than the first ones. */
const KEPT = 8;

/** Collects anomalies, a few of each kind, and counts the rest into the last one. */
export class Notes {
  readonly #byKind = new Map<string, { kept: Anomaly[]; count: number }>();

  add(kind: string, at: number, what: string): void {
    const group = this.#byKind.get(kind) ?? { kept: [], count: 0 };
    this.#byKind.set(kind, group);
    if (group.count++ < KEPT) group.kept.push({ kind, at, what: what.slice(0, 300) });
  }

  all(): readonly Anomaly[] {
    return [...this.#byKind.values()].flatMap(({ kept, count }) =>
      kept.map((anomaly, i) =>
        i === KEPT - 1 && count > KEPT ? { ...anomaly, what: `${anomaly.what} (and ${count - KEPT} more like it)` } : anomaly,
      ),
    );
  }
}
