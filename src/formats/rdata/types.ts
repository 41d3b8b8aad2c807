/** SEXP types and the codes of R's serialisation (src/include/Rinternals.h and src/main/serialize.c). */
export const SEXP = {
  symbol: 1,
  list: 2,
  closure: 3,
  environment: 4,
  promise: 5,
  language: 6,
  special: 7,
  builtin: 8,
  char: 9,
  logical: 10,
  integer: 13,
  real: 14,
  complex: 15,
  string: 16,
  dots: 17,
  vector: 19,
  expression: 20,
  bytecode: 21,
  pointer: 22,
  weak: 23,
  raw: 24,
  s4: 25,
  alternative: 238,
  attributedList: 239,
  attributedLanguage: 240,
  bytecodeReference: 243,
  bytecodeDefinition: 244,
  persistent: 247,
  package: 248,
  namespace: 249,
  unbound: 252,
  reference: 255,
} as const;

/** Codes for objects that every session has: base and empty environment, missing argument, base namespace, global environment, NULL. */
export const CONSTANTS: ReadonlySet<number> = new Set([0, 241, 242, 250, 251, 252, 253, 254]);

export const HAS_ATTRIBUTES = 1 << 9;
export const HAS_TAG = 1 << 10;
/** ACTIVE_BINDING_MASK among the general purpose bits, which begin at bit 12 of the flags. */
export const ACTIVE_BINDING = 1 << 27;
