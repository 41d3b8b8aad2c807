import { readFileSync } from "node:fs";
import { type Document, isNode, LineCounter, parseDocument, stringify } from "yaml";
import { z } from "zod";
import { isDigest } from "../digest.ts";
import { UsageError } from "../errors.ts";
import { forTerminal } from "../escape.ts";
import { type Acceptance, proposedFor, type Remaining } from "../scan/baseline.ts";
import type { Examination } from "../scan/examination.ts";

const SCHEMA = "weighbridge.baseline/1";

const said = z.string().refine((text) => text.trim() !== "", "is empty: say it");
const acceptance = z.strictObject({
  rule: z.string().min(1),
  path: z.string(),
  digest: z.custom<`sha256:${string}`>((value) => typeof value === "string" && isDigest(value), "is no sha256: digest"),
  reason: said,
  approver: said,
  expires: z.iso.date("is no day like 2026-12-31"),
});
const file = z.strictObject({ schema: z.literal(SCHEMA), accepted: z.array(acceptance) });

/** Reads a baseline file. docs/how-to/scan-in-ci.md. Throws UsageError that names the line. */
function readBaseline(path: string): readonly Acceptance[] {
  const lines = new LineCounter();
  const document = parseDocument(readText(path), { lineCounter: lines });
  const [error] = document.errors;
  if (error !== undefined) throw unfit(`${path}:${lines.linePos(error.pos[0]).line}: ${error.message.split("\n")[0]}`);
  const parsed = file.safeParse(document.toJS());
  if (parsed.success) return parsed.data.accepted;
  const [issue] = parsed.error.issues;
  const at = (issue?.path ?? []).filter((key) => typeof key !== "symbol");
  throw unfit(`${path}:${lineOf(document, lines, at)}: ${at.join(".") || "the file"}: ${issue?.message ?? "not of its form"}`);
}

export interface OpenBaseline {
  readonly entries: readonly Acceptance[];
  /** Says on stderr which entries accepted nothing of all that was examined. */
  sayUnused(remaining: readonly Remaining[]): void;
}

/** A baseline file on this day (`2026-11-30`, UTC). Says on stderr how many of its entries are past theirs: a run that begins to fail has its reason. */
export function openBaseline(today: string, path: string): OpenBaseline {
  const entries = readBaseline(path);
  const valid = entries.filter(({ expires }) => expires >= today);
  const over = entries.length - valid.length;
  if (over > 0) say(`${over} of ${entries.length} entries in ${path} are past their day and accept nothing`);
  return { entries, sayUnused: (remaining) => sayUnused(path, valid, remaining) };
}

const MAX_NAMED = 5;

/** An entry may belong to a model that was not examined this time, so this is a note: the file has changed, or the finding is gone. */
function sayUnused(path: string, valid: readonly Acceptance[], remaining: readonly Remaining[]): void {
  const used = new Set(remaining.flatMap(({ accepted }) => [...accepted.values()]));
  const unused = valid.filter((entry) => !used.has(entry));
  if (unused.length === 0) return;
  const named = unused.slice(0, MAX_NAMED).map((entry) => `${entry.rule} in ${entry.path === "" ? "the artifact" : entry.path}`);
  const more = unused.length - named.length;
  say(`${unused.length} of ${valid.length} valid entries in ${path} match nothing here: ${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`);
}

function say(text: string): void {
  process.stderr.write(`weighbridge: ${forTerminal(text)}\n`);
}

/**
 * A baseline of all that keeps these from *pass*, for a person to complete: what lacks a reason, an approver or an end is refused when it is read. What
 * is accepted already is carried over with its words.
 */
export function baselineText(scanned: readonly { readonly examination: Examination; readonly remaining: Remaining }[]): string {
  const accepted = scanned.flatMap(({ examination, remaining }) => {
    const said = new Map([...remaining.accepted.values()].map((acceptance) => [`${acceptance.rule}\n${acceptance.path}`, acceptance]));
    return proposedFor(examination).map((entry) => said.get(`${entry.rule}\n${entry.path}`) ?? { ...entry, reason: "", approver: "", expires: "" });
  });
  return `# Accept what you looked at: say why, who, and until which day; remove the rest. A finding is accepted for the bytes with this digest.\n${stringify({ schema: SCHEMA, accepted }, { lineWidth: 0 })}`;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const why = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";
    throw new UsageError(`${path} cannot be read (${why})`, "Check the path; --write-baseline FILE makes one to begin with.");
  }
}

/** The line of the value at this place, or of what is nearest around it. */
function lineOf(document: Document, lines: LineCounter, at: readonly (string | number)[]): number {
  for (let length = at.length; length >= 0; length--) {
    const node = document.getIn(at.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

function unfit(message: string): UsageError {
  return new UsageError(message, "Each entry has rule, path, digest, reason, approver and expires: docs/how-to/scan-in-ci.md.");
}
