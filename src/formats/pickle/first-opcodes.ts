/** Opcodes that may follow PROTO: all that need nothing on the stack. */
export const AFTER_PROTO: ReadonlySet<number> = new Set([
  ...Buffer.from("(cFGIJKLMNPSTUVX])}gihjBC."),
  0x80,
  0x82,
  0x83,
  0x84,
  0x88,
  0x89,
  0x8a,
  0x8b,
  0x8c,
  0x8d,
  0x8e,
  0x8f,
  0x95,
  0x96,
  0x97,
]);
/** Opcodes that a stream of protocol 0 or 1 may begin with. */
export const FIRST: ReadonlySet<number> = new Set([...AFTER_PROTO].filter((code) => code !== 0x80 && code !== 0x2e));
