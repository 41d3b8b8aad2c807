import { jsonText } from "../escape.ts";

/** One JSON object on one line. */
export function jsonLine(value: unknown): string {
  return `${jsonText(value)}\n`;
}
