import type { Json } from "../../json.ts";

/** Enough of a secret to know it by, where a text was cut. */
const BEGINNING = 12;
/** Members that say where something is: the names of files stay as they are. */
const PLACES: ReadonlySet<string> = new Set(["path", "from"]);

/**
 * Takes secrets out of everything that a report says: other rules quote addresses, arguments and settings, and one of these may hold what was found.
 * A text that was cut keeps none of its beginning. `report` is plain JSON.
 */
export function redacted<T>(report: T, secrets: readonly string[]): T {
  const patterns = secrets.map((secret) => new RegExp(`${escaped(secret.slice(0, BEGINNING))}[0-9A-Za-z_.~+/=-]*`, "g"));
  return redact(report as Json, patterns) as T; // only texts change
}

function redact(value: Json, patterns: readonly RegExp[]): Json {
  if (typeof value === "string") return patterns.reduce((text, pattern) => text.replace(pattern, "[secret]"), value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => redact(item, patterns));
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, PLACES.has(key) ? member : redact(member, patterns)]));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
