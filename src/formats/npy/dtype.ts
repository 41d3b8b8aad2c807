import type { Literal } from "./literal.ts";

/** What a dtype description says of one element. */
export interface ElementType {
  /** Bytes of one element; null when the description is not known. */
  readonly bytes: number | null;
  /** Whether it holds Python objects anywhere: then the array is a pickle. */
  readonly objects: boolean;
}

/** Kinds that come with a length in bytes; `U` counts characters of four bytes. */
const SIZED = /^[<>|=]?([biufcSVaU])([0-9]{1,9})$/;
const DATES = /^[<>|=]?[mM]8(?:\[[^\]]{0,20}\])?$/;
/** Names that numpy takes besides: its own, and those of the extension dtypes that are saved by name. */
const NAMED: ReadonlyMap<string, number> = new Map([
  ["bool", 1],
  ["?", 1],
  ["|?", 1],
  ...[8, 16, 32, 64].flatMap((bits) => [`int${bits}`, `uint${bits}`].map((name): [string, number] => [name, bits / 8])),
  ...[16, 32, 64].map((bits): [string, number] => [`float${bits}`, bits / 8]),
  ["complex64", 8],
  ["complex128", 16],
  ["bfloat16", 2],
  ["float8_e4m3fn", 1],
  ["float8_e5m2", 1],
]);
const UNKNOWN: ElementType = { bytes: null, objects: false };

/** Reads `descr`: a type text, a list of fields `(name, descr[, shape])`, or a subarray `(descr, shape)`. numpy.lib.format.descr_to_dtype. */
export function elementTypeOf(descr: Literal): ElementType {
  if (descr.kind === "text") return named(descr.value);
  if (descr.kind === "tuple") {
    const [base, shape] = descr.items;
    return base === undefined || shape === undefined ? UNKNOWN : times(elementTypeOf(base), shape);
  }
  if (descr.kind !== "list") return UNKNOWN;
  let bytes: number | null = 0;
  let objects = false;
  for (const field of descr.items) {
    const type = fieldType(field);
    objects ||= type.objects;
    bytes = bytes === null || type.bytes === null ? null : bytes + type.bytes;
  }
  return { bytes, objects };
}

function named(text: string): ElementType {
  if (DATES.test(text)) return { bytes: 8, objects: false };
  const [, kind, length] = SIZED.exec(text) ?? [];
  if (length !== undefined) return { bytes: Number(length) * (kind === "U" ? 4 : 1), objects: false };
  const bytes = NAMED.get(text);
  if (bytes !== undefined) return { bytes, objects: false };
  // numpy.dtype takes many spellings (`|O`, `O8`, `object`, `i4,O`): one that may mean objects is taken to.
  return /O|object/i.test(text) ? { bytes: 8, objects: true } : UNKNOWN;
}

function fieldType(field: Literal): ElementType {
  if (field.kind !== "tuple") return UNKNOWN;
  const [, descr, shape] = field.items;
  if (descr === undefined) return UNKNOWN;
  return shape === undefined ? elementTypeOf(descr) : times(elementTypeOf(descr), shape);
}

function times(type: ElementType, shape: Literal): ElementType {
  const dimensions = shape.kind === "tuple" || shape.kind === "list" ? shape.items : [shape];
  let bytes = type.bytes;
  for (const dimension of dimensions) {
    if (dimension.kind !== "number" || dimension.value < 0 || bytes === null) return { bytes: null, objects: type.objects };
    bytes *= dimension.value;
  }
  return { bytes: bytes !== null && Number.isSafeInteger(bytes) ? bytes : null, objects: type.objects };
}
