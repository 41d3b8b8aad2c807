import type { ByteSource } from "../../bytes.ts";
import { lazily } from "../../lazily.ts";
import type { Budget } from "../../limits.ts";
import type { Span } from "../pickle/facts.ts";

/** A payload behind a text is looked for in this much of its end. */
const SEARCHED_BYTES = 1024 * 1024;
const LAST_BYTES = 256;
const BYTES_PER_STEP = 256;
const STOP = 0x2e;
/** Few texts end so that it is needed. */
const engine = lazily(() => import("../pickle/find.ts"));
/** White space that editors and shells leave behind the last line. */
const BLANK: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0d, 0x20]);

/**
 * Where a pickle of protocol 0 begins that calls something and whose STOP is the last character of the text; null where none does. A document that
 * shows one goes on behind it, with a fence, a tag or a word; what was put behind a text to be loaded from there does not.
 */
export async function pickleAtEnd(source: ByteSource, budget: Budget): Promise<Span | null> {
  const last = await tailOf(source, LAST_BYTES);
  if (last[lastCharacter(last)] !== STOP) return null;
  const tail = await tailOf(source, SEARCHED_BYTES);
  const end = 1 + lastCharacter(tail);
  budget.steps(Math.ceil(end / BYTES_PER_STEP));
  const spent = (steps: number) => budget.steps(steps);
  const { findStreams } = await engine();
  const [found] = findStreams(tail.subarray(0, end), 0, (_, tried) => tried.acts && tried.status === "stop" && tried.end === end, spent, 1);
  return found === undefined ? null : { offset: source.size - tail.length + found.start, size: tail.length - found.start };
}

async function tailOf(source: ByteSource, length: number): Promise<Buffer> {
  const size = Math.min(length, source.size);
  const bytes = await source.read(source.size - size, size);
  return Buffer.from(bytes.buffer, bytes.byteOffset, size);
}

function lastCharacter(tail: Buffer): number {
  return tail.findLastIndex((byte) => !BLANK.has(byte));
}
