const DAY_MS = 86_400_000;

/** The day in UTC, which is what a budget is for: `2026-11-21`. */
export function windowAt(now: Date): string {
  return now.toISOString().slice(0, 10);
}

/** When the next one begins, RFC 3339. */
export function endOf(window: string): string {
  return new Date(Date.parse(`${window}T00:00:00Z`) + DAY_MS).toISOString();
}
