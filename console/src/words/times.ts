const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `2026-11-21 12:46 UTC`, as the reports and the command line write it. */
export function instantText(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`;
}

/** `12:46:09` of today, else the whole moment: for lists in which the newest stand first. */
export function clockText(instant: string, now: Date): string {
  return now.toISOString().slice(0, 10) === instant.slice(0, 10) ? instant.slice(11, 19) : instantText(instant);
}

/** `just now`, `5 min ago`, `3 hours ago`, `12 days ago`; ahead of now: `in 3 days`. */
export function agoText(instant: string, now: Date): string {
  const ms = now.getTime() - Date.parse(instant);
  const span = spanText(Math.abs(ms));
  if (span === null) return "just now";
  return ms < 0 ? `in ${span}` : `${span} ago`;
}

/** How long something has waited: `5 min`, `3 hours`, `12 days`; null below a minute. */
export function spanText(ms: number): string | null {
  if (ms < MINUTE) return null;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < 2 * DAY) return counted(Math.floor(ms / HOUR), "hour");
  if (ms < 90 * DAY) return counted(Math.floor(ms / DAY), "day");
  return counted(Math.floor(ms / (30 * DAY)), "month");
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
