import type { Finding } from "../finding.ts";
import type { Json } from "../json.ts";

/**
 * The finding with U+FFFD for each lone surrogate: hostile text may hold them, and cutting text at a length makes them. Evidence is canonical JSON,
 * which has no form for them (RFC 8785, 3.2.2.2), nor for numbers that are not finite, which become text.
 */
export function wellFormedFinding(finding: Finding): Finding {
  const { title, explanation, proof } = finding;
  return { ...finding, title: title.toWellFormed(), explanation: explanation.toWellFormed(), proof: wellFormed(proof) };
}

/** The same for any JSON value. */
export function wellFormed<T>(value: T): T {
  return formed(value as Json) as T; // only texts and numbers without a form change
}

function formed(value: Json): Json {
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map(formed);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key.toWellFormed(), formed(member)]));
}

/** `Array.isArray` does not narrow readonly arrays. */
function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
