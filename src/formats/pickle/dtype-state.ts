import { type Call, type Dict, isObject, itemsOf, type Value } from "./values.ts";

/** What numpy is told of an element type: bytes of one element, and whether some of them are pointers to Python objects. null: not known. */
interface Element {
  readonly size: number | null;
  readonly objects: boolean | null;
}

/** What is wrong with a state; `cut` where it is not known to the last field. */
export type DtypeLie = { readonly kind: "array-type" | "search-cut"; readonly what: string };

/** `dtype.__setstate__` of versions 3 and 4: (version, byte order, (base, shape), names, fields, size, alignment, flags, …). numpy/_core/src/multiarray/descriptor.c */
const [SUBARRAY, FIELDS, SIZE, FLAGS] = [2, 4, 5, 7];
/** NPY_ITEM_HASOBJECT and NPY_LIST_PICKLE (numpy/ndarraytypes.h): without both, an array takes raw bytes for its objects. */
const HOLDS_OBJECTS = 3;
const UNKNOWN: Element = { size: null, objects: null };

/** Of every dtype that got its state. What follows is judged by these, so that no structure is walked twice. */
const ELEMENTS = new WeakMap<Call, Element>();
/** The fields that numpy keeps of a state: the dict itself, not a copy. */
const FIELDS_IN_USE = new WeakSet<Dict>();

/** Whether a state has the form of one of a dtype. */
export function isDtypeState(state: Value): boolean {
  const [version, order] = itemsOf(state);
  return (
    typeof version === "number" && version >= 1 && version <= 4 && typeof order === "string" && /^[<>=|]$/.test(order) && itemsOf(state).length >= 7
  );
}

/**
 * Whether a state that BUILD gives to a dtype contradicts itself. numpy takes it at its word: fields beyond the element reach other memory, and
 * objects that the flags deny are read from the file's bytes, any address among them.
 * @param target the call that made the dtype
 */
export function dtypeLie(target: Call, state: Value): DtypeLie | null {
  const [type = null, , copy] = itemsOf(target.args);
  const items = itemsOf(state);
  const stated = typeof items[SIZE] === "number" && items[SIZE] >= 0 ? items[SIZE] : null;
  const own = nominal(type, stated);
  if (!isDtypeState(state)) return lie("a dtype is given a state in a form that numpy has not written since 1.0");
  if (copy !== true && copy !== 1) return lie("a dtype that others use as well is given a state");
  if (ELEMENTS.has(target)) return lie("a dtype is given a second state");
  ELEMENTS.set(target, own);
  const { size } = own;
  const name = nameOf(type).slice(0, 40);
  if (size === null) return isForeign(type) ? { kind: "search-cut", what: `a dtype of the type ${name}` } : lie(`a dtype is made from ${name}`);
  const parts = partsOf(items);
  const known = parts?.every(({ element }) => element.objects !== null) === true;
  const objects = own.objects === true || (known && parts.some(({ element }) => element.objects === true));
  ELEMENTS.set(target, known ? { size, objects } : { size, objects: null });
  return known ? partsLie(name, size, objects, parts, items[FLAGS]) : { kind: "search-cut", what: `the fields of dtype(${name})` };
}

/** Whether a type is a class that is not numpy's: packages may define element types of their own. */
function isForeign(type: Value): boolean {
  return isObject(type) && type.kind === "global" && !/^numpy(?:\.|$)/.test(type.module);
}

function nameOf(type: Value): string {
  if (typeof type === "string") return `'${type}'`;
  return isObject(type) && type.kind === "global" ? `${type.module}.${type.name}` : "what it computes";
}

function partsLie(name: string, size: number, objects: boolean, parts: readonly Part[], flags: Value | undefined): DtypeLie | null {
  const outside = parts.find(({ offset, element }) => offset < 0 || offset + (element.size ?? 0) > size);
  if (outside !== undefined) return lie(`dtype(${name}) has a field at ${outside.offset}, outside of its ${size} bytes`);
  if (objects && flags !== undefined && (typeof flags !== "number" || (flags & HOLDS_OBJECTS) !== HOLDS_OBJECTS))
    return lie(`dtype(${name}) holds objects, and its flags deny it`);
  return null;
}

function lie(what: string): DtypeLie {
  return { kind: "array-type", what };
}

/**
 * What a type's name says: `f8` has 8 bytes. Of texts, structures and raw bytes numpy believes the state instead. Records and the small floats of
 * ml_dtypes are named by their class.
 */
function nominal(type: Value, stated: number | null): Element {
  if (typeof type === "string") {
    const [, letter = "", digits] = /^[<>=|]?([a-zA-Z?])(\d{1,9})$/.exec(type) ?? [];
    if (digits === undefined) return UNKNOWN;
    return { size: "SUVac".includes(letter) ? (stated ?? Number(digits)) : Number(digits), objects: letter === "O" };
  }
  if (!isObject(type) || type.kind !== "global") return UNKNOWN;
  const isRecord = /^numpy(?:\.rec|\.core\.records|\._core\.records)?$/.test(type.module) && type.name === "record";
  const isSmall = type.module === "ml_dtypes" && (stated ?? 0) <= LARGEST_SMALL_BYTES;
  return isRecord || isSmall ? { size: stated ?? 0, objects: false } : UNKNOWN;
}

/** No type of ml_dtypes has more. */
const LARGEST_SMALL_BYTES = 2;

interface Part {
  readonly offset: number;
  readonly element: Element;
}

/** Fields and the repeated base; null where not all of them are known. */
function partsOf(items: readonly Value[]): readonly Part[] | null {
  const repeated = repeatedOf(items[SUBARRAY] ?? null);
  const fields = items[FIELDS] ?? null;
  if (fields === null || !isObject(fields)) return repeated;
  if (fields.kind !== "dict" || 2 * fields.length !== fields.entries.length) return null;
  FIELDS_IN_USE.add(fields);
  const parts = [...repeated];
  for (let i = 1; i < fields.entries.length; i += 2) {
    const [type = null, offset] = itemsOf(fields.entries[i] ?? null);
    if (typeof offset !== "number") return null;
    parts.push({ offset, element: elementOf(type) });
  }
  return parts;
}

function repeatedOf(subarray: Value): readonly Part[] {
  if (!isObject(subarray)) return [];
  const [base = null, shape = null] = itemsOf(subarray);
  const { size, objects } = elementOf(base);
  const counts = typeof shape === "number" ? [shape] : itemsOf(shape);
  const count = counts.reduce<number>((product, each) => product * (typeof each === "number" ? each : Number.NaN), 1);
  return [{ offset: 0, element: Number.isNaN(count) || size === null ? UNKNOWN : { size: size * count, objects } }];
}

/** Of a dtype that has its state; one that has none yet can still be given any. */
function elementOf(type: Value): Element {
  return isDtypeCall(type) ? (ELEMENTS.get(type) ?? UNKNOWN) : UNKNOWN;
}

/** Whether a value of a dict is what numpy writes for one field: (dtype, offset), and a title. */
export function isField(value: Value | undefined): boolean {
  return value !== undefined && isDtypeCall(itemsOf(value)[0] ?? null);
}

/** Whether a dict holds the fields of a dtype, so that what is set in it is set in the dtype. */
export function isInUse(fields: Value): boolean {
  return isObject(fields) && fields.kind === "dict" && FIELDS_IN_USE.has(fields);
}

const DTYPE = /^numpy(?:\._?core\.multiarray)?\.dtype$/;

/** Whether a value is the result of calling `numpy.dtype`. */
export function isDtypeCall(value: Value): value is Call {
  if (!isObject(value) || value.kind !== "call") return false;
  const { callee } = value;
  return isObject(callee) && callee.kind === "global" && DTYPE.test(`${callee.module}.${callee.name}`);
}
