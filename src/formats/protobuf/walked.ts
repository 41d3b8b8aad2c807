import type { Anomaly, ChildRef, Parsed } from "../../format.ts";

/** Where the fields of a message lie that its schema does not have, and where its large payloads do. Part of the facts of every protobuf format. */
export interface MessageLayout {
  readonly size: number;
  /** The first MAX_UNKNOWN fields of no schema, in order. */
  readonly unknown: readonly UnknownField[];
  readonly unknownCount: number;
  readonly unknownBytes: number;
  /** Contents of tensors of PAYLOAD_BYTES and more, in order: everything else is structure. */
  readonly payloads: readonly Span[];
  /** Where the bytes stop making sense. */
  readonly brokenAt: number | null;
}

export interface UnknownField {
  /** `GraphProto.200`. */
  readonly field: string;
  /** Offset of the tag. */
  readonly at: number;
  readonly offset: number;
  readonly size: number;
}

export interface Span {
  readonly offset: number;
  readonly size: number;
}

/** How reading a message ended. */
export interface Walked {
  readonly kind: Parsed<unknown>["kind"];
  readonly layout: MessageLayout;
  readonly anomalies: readonly Anomaly[];
  readonly at?: number;
  readonly why?: string;
}

export const MAX_UNKNOWN = 256;
/** Contents of smaller tensors are searched along with the structure around them: that costs less than a look at the head of each. */
export const PAYLOAD_BYTES = 4096;
/** Beyond this many large tensors, the rest is searched as structure, too. */
export const MAX_PAYLOADS = 20_000;
/** An unknown field of this size is a subject of its own. */
const OWN_SUBJECT_BYTES = 64;

/** A message with facts of its own kind. */
export function parsedAs<F>(walked: Walked, facts: F): Parsed<F> {
  const { kind, anomalies, at, why } = walked;
  return { kind, facts, anomalies, ...(at === undefined ? {} : { at }), ...(why === undefined ? {} : { why }) };
}

/**
 * Accounts for every byte of a message: contents of tensors are probed at their head; unknown fields, what follows a break, and the structure
 * itself (names, documentation, attributes) are searched.
 */
export function layoutChildren({ size, unknown, payloads, brokenAt }: MessageLayout): readonly ChildRef[] {
  const own = [
    ...payloads.map(({ offset, size }) => slice(`tensor@${offset}`, offset, size, "probe")),
    ...unknown
      .filter((field) => field.size >= OWN_SUBJECT_BYTES)
      .map(({ field, offset, size }) => slice(`${field}@${offset}`, offset, size, "search")),
    ...(brokenAt === null || brokenAt >= size ? [] : [slice(`unowned@${brokenAt}`, brokenAt, size - brokenAt, "search")]),
  ].sort((a, b) => offsetOf(a) - offsetOf(b));
  const structure: ChildRef[] = [];
  let at = 0;
  for (const child of own) {
    if (offsetOf(child) > at) structure.push(slice(`structure@${at}`, at, offsetOf(child) - at, "search"));
    at = Math.max(at, offsetOf(child) + child.region.size);
  }
  if (at < size) structure.push(slice(`structure@${at}`, at, size - at, "search"));
  return [...own, ...structure];
}

type Slice = ChildRef & { readonly region: { readonly in: "slice"; readonly offset: number; readonly size: number } };

function slice(name: string, offset: number, size: number, treatment: ChildRef["treatment"]): Slice {
  return { name, region: { in: "slice", offset, size }, treatment };
}

function offsetOf({ region }: Slice): number {
  return region.offset;
}
