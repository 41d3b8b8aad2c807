import { attempt } from "./find.ts";
import { AFTER_PROTO, FIRST } from "./first-opcodes.ts";
import { bufferOf } from "./window-reader.ts";

const MIN_OPCODES = 3;

/** Whether these first bytes, without PROTO, are well-formed opcodes as far as they go: more of the file has to be looked at. */
export function isCutPickle(head: Uint8Array): boolean {
  return FIRST.has(head[0] ?? 0) && attempt(bufferOf(head), 0).status === "cut";
}

/**
 * Whether bytes begin as a pickle does: PROTO and an opcode that can follow it; without PROTO only when they decode to a STOP that ends them, or
 * to a global that is used. @param head the first bytes @param size of the whole
 */
export function looksLikePickle(head: Uint8Array, size: number): boolean {
  if (head[0] === 0x80 && head.length > 2)
    return (head[1] ?? 99) <= 5 ? AFTER_PROTO.has(head[2] ?? 0) : head[1] !== undefined && usesGlobal(head, size);
  return FIRST.has(head[0] ?? 0) && usesGlobal(head, size);
}

/** Where the whole dumps end that stand in front, without PROTO and however small; 0 where there is none. */
export function dumpsInFront(head: Uint8Array): number {
  if (!FIRST.has(head[0] ?? 0)) return 0;
  const window = bufferOf(head);
  let end = 0;
  for (let streams = 0; streams < MOST_STREAMS && end < head.length; streams++) {
    const tried = attempt(window, end);
    if (tried.status !== "stop") break;
    end = tried.end;
  }
  return end;
}

/** Looks at one stream after another: several dumps can stand in a file, and the first may be a number. */
function usesGlobal(head: Uint8Array, size: number): boolean {
  const window = bufferOf(head);
  let opcodes = 0;
  for (let [at, streams] = [0, 0]; streams < MOST_STREAMS && at < head.length; streams++) {
    const { acts, names, status, opcodes: own, end } = attempt(window, at);
    if (acts) return true;
    opcodes += own;
    if (status !== "stop") {
      // A whole text that begins `cat\ndog\n` names a global too; without a call and without STOP it comes to nothing.
      if (status !== "cut" && status !== "pause") return false;
      return head.length < size && (names || (opcodes >= LONG_PREFIX && end >= head.length / 2));
    }
    if (own >= MIN_OPCODES && (end === size || head[end] === 0x80 || head[end] === 0)) return true;
    at = end;
  }
  return opcodes >= LONG_PREFIX;
}

/** Streams behind one another that are looked at; what goes on that long is no text. */
const MOST_STREAMS = 64;
/** A head full of well-formed opcodes, cut by its own length, is no text. */
const LONG_PREFIX = 64;
