import { type Bytes, isObject, itemsOf, type Value } from "./values.ts";

/** Payloads that are text, or encoded, are read up to this size. */
export const MAX_ENCODED_BYTES = 4 * 1024 * 1024;

/** A string or bytes value that may hold a pickle, found by its first characters. Decoding it waits until the stream is read. */
export interface Candidate {
  /** Offset of the payload in the subject. */
  readonly at: number;
  readonly size: number;
  /** The payload, or its first bytes when it is longer. A text stands here as Latin-1 where all its characters fit. */
  readonly content: Uint8Array;
  /** Nothing of the payload is missing in `content`. */
  readonly whole: boolean;
  /** A str, written in the subject as UTF-8; else bytes. */
  readonly text: boolean;
  /** Name of the callable that takes it as an argument. */
  decodedBy: string | null;
}

/**
 * First characters of a pickle that is written raw (PROTO; `c`, `(`, `i`, `]`, `}` of protocols 0 and 1), in hexadecimal or base64,
 * or compressed by zlib or gzip.
 */
const STARTS =
  /^(?:\x80[\x00-\x05]|80 ?0[0-5]|gA[A-X]|\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08|e[AFJN][A-Za-z0-9+/_-]|H4sI|c[\w.]{1,200}\n|i[\w.]{1,200}\n|[(\]}][^\n]{0,200}\n|(?:[YKXfa][A-Za-z0-9+/_-]{22,})[A-Za-z0-9+/_=\s-]*$|(?:63|28|69|5[dD]|7[dD])[0-9a-fA-F]{20,}$)/;
const MIN_LENGTH = 8;
const LOOKED_AT = 400;

/** Whether these first characters (Latin-1) may begin a nested pickle. */
export function mayHoldPickle(start: string): boolean {
  return start.length >= MIN_LENGTH && STARTS.test(start.length > LOOKED_AT ? start.slice(0, LOOKED_AT) : start);
}

/** First bytes that are worth turning into text for `mayHoldPickle`. */
export function worthALook(bytes: Bytes): boolean {
  return bytes.size >= MIN_LENGTH && LOOKED_FOR.has(bytes.head[0] ?? -1);
}

const LOOKED_FOR: ReadonlySet<number> = new Set([0x80, 0x78, 0x1f, ...Buffer.from("ci(]}8g6527eHYKXfa")]);

/** Finds the candidates among the arguments of a call, also inside the calls that decode them: `loads(b64decode('…'))`. */
export function payloadsIn(value: Value, found: (text: string | Bytes) => void, depth = 0): void {
  if (typeof value === "string") found(value);
  else if (isObject(value) && depth < 4) {
    if (value.kind === "bytes") found(value);
    else if (value.kind === "call") payloadsIn(value.args, found, depth + 1);
    else for (const item of itemsOf(value).slice(0, 4)) payloadsIn(item, found, depth + 1);
  }
}
