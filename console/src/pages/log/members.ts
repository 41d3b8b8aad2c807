import type { Statement } from "../../proof/envelope.ts";
import { visible } from "../../words/texts.ts";

/** Members that hold the salted digest of a text, by spec/statement.md. */
const SALTED = new Set(["name", "principal", "reason", "texts", "alias", "details", "who"]);
const MAX_LINES = 40;

/** One member of a predicate: a line for a plain value, a line for each item of a list. None where there is nothing. */
export interface Member {
  readonly name: string;
  readonly lines: readonly string[];
  readonly salted: boolean;
}

export function membersOf({ predicate }: Statement): readonly Member[] {
  return Object.entries(predicate).map(([name, value]) => ({
    name,
    lines: linesOf(value),
    salted: SALTED.has(name) && typeof value === "string" && value.startsWith("sha256:"),
  }));
}

function linesOf(value: unknown): readonly string[] {
  if (value === null) return [];
  if (!Array.isArray(value)) return [flat(value)];
  const lines = value.slice(0, MAX_LINES).map(flat);
  return value.length > MAX_LINES ? [...lines, `and ${value.length - MAX_LINES} more`] : lines;
}

/** `effect: forbid, policy: review-findings, waiver: (role: approver)` */
function flat(value: unknown): string {
  if (typeof value !== "object" || value === null) return visible(String(value));
  if (Array.isArray(value)) return value.map(flat).join(", ");
  return Object.entries(value)
    .map(([name, inner]) => `${visible(name)}: ${typeof inner === "object" && inner !== null ? `(${flat(inner)})` : flat(inner)}`)
    .join(", ");
}
