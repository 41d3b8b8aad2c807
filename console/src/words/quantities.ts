export { bytesText, plural } from "../../../src/report/quantities.ts";

/** `1 284 093`: groups apart by a narrow space that does not break, the same for everybody who looks at one screen. */
export function numberText(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");
}

/** `840 ms`, `2.4 s`, `3 min` */
export function durationText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.round(ms / 60_000)} min`;
}
