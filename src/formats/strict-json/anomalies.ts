import type { Anomaly } from "../../format.ts";

/** Kept of each kind: what is beyond the bound repeats what is in it, and a flood of one kind must not push out another. */
export const KEPT_ANOMALIES = 64;

/** A list of anomalies that a hostile file cannot grow without end. */
export class Anomalies {
  readonly list: Anomaly[] = [];
  readonly #counts = new Map<string, number>();

  add(kind: string, at: number, what: string): void {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    if (count <= KEPT_ANOMALIES) this.list.push({ kind, at, what });
  }
}

/** A hostile name, shortened for a message. */
export function shown(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
}
