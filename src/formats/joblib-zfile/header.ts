export interface ZfileHeader {
  /** Bytes that are to come out. */
  readonly declared: number;
  /** Where the zlib stream begins. */
  readonly streamAt: number;
  /** `0x…`, as joblib writes it, and not only what Python's `int(…, 16)` takes, too. */
  readonly isUsual: boolean;
  readonly isFollowedByZlib: boolean;
}

const PREFIX = "ZF";
/** As wide as the length of 2^64 bytes. Python 2 wrote one space more. */
const LENGTH_CHARACTERS = 19;
export const HEADER_BYTES = PREFIX.length + LENGTH_CHARACTERS + 1;

/** Signs, white space and underscores are Python's (Library Reference, `int`). An `L` is what Python 2 made of large numbers. */
const LENGTH = /^\s*\+?(?:0[xX]_?)?([0-9a-fA-F]+(?:_[0-9a-fA-F]+)*)L?\s*$/;

/** The header of a file of which these are the first bytes; null where there is none (`read_zfile` in joblib/numpy_pickle_compat.py). */
export function headerOf(head: Uint8Array, size: number): ZfileHeader | null {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, HEADER_BYTES)).toString("latin1");
  const length = text.slice(PREFIX.length, PREFIX.length + LENGTH_CHARACTERS);
  const digits = LENGTH.exec(length)?.[1];
  if (!text.startsWith(PREFIX) || length.length < LENGTH_CHARACTERS || digits === undefined) return null;
  const streamAt = PREFIX.length + LENGTH_CHARACTERS + (text.endsWith(" ") && text.length === HEADER_BYTES ? 1 : 0);
  return {
    declared: Number.parseInt(digits.replaceAll("_", ""), 16),
    streamAt: Math.min(streamAt, size),
    isUsual: /^0x[0-9a-f]+L? *$/.test(length),
    isFollowedByZlib: isZlibHeader(head, streamAt),
  };
}

/** CMF and FLG of RFC 1950. */
function isZlibHeader(head: Uint8Array, at: number): boolean {
  const [method = 0, flags = 0] = head.subarray(at, at + 2);
  return (method & 15) === 8 && method >> 4 <= 7 && (method * 256 + flags) % 31 === 0;
}
