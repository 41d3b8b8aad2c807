import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";
import type { ExecutableFacts } from "./facts.ts";

/** Largest section id of the core specification with the exception-handling and GC proposals (tag section, 13). */
const MAX_SECTION_ID = 13;

/** Walks the sections of a WebAssembly module (core specification, 5.5.2): each is an id, a LEB128 size and that many bytes. */
export async function readWasm(bytes: ByteSource, budget: Budget): Promise<ExecutableFacts> {
  const version = bytes.size >= 8 ? (await bytes.read(4, 1))[0] : 0;
  let at = Math.min(8, bytes.size);
  while (at < bytes.size) {
    budget.steps(4);
    const head = await bytes.read(at, Math.min(6, bytes.size - at));
    const size = leb128(head, 1);
    if ((head[0] ?? 0) > MAX_SECTION_ID || size === null || at + size.next + size.value > bytes.size) break;
    at += size.next + size.value;
  }
  return {
    kind: "wasm",
    what: version === 1 ? "WebAssembly module" : `WebAssembly of version ${version}`,
    library: true,
    endsAt: at,
    size: bytes.size,
  };
}

function leb128(bytes: Uint8Array, from: number): { readonly value: number; readonly next: number } | null {
  let value = 0;
  for (let at = from; at < bytes.length && at < from + 5; at++) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * (at - from));
    if (byte < 0x80) return { value, next: at + 1 };
  }
  return null;
}
