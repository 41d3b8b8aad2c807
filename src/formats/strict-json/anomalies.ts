import type { Anomaly } from "../../format.ts";

const KEPT = 200;

/** A list of anomalies that a hostile file cannot grow without end: what is beyond the bound repeats what is in it. */
export class Anomalies {
  readonly list: Anomaly[] = [];

  add(kind: string, at: number, what: string): void {
    if (this.list.length < KEPT) this.list.push({ kind, at, what });
  }
}

/** A hostile name, shortened for a message. */
export function shown(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
}
