import { concat, equal, sha256 } from "./bytes.ts";

const HASH_BYTES = 32;

/** SHA-256(0x00, entry), RFC 6962 §2.1. */
export function leafHash(entry: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return sha256(concat(Uint8Array.of(0), entry));
}

/** SHA-256(0x01, left, right), RFC 6962 §2.1. */
function nodeHash(left: Uint8Array, right: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return sha256(concat(Uint8Array.of(1), left, right));
}

/** One step from a leaf towards the root. */
export interface Step {
  /** On which side the sibling stands. */
  readonly side: "left" | "right";
  readonly sibling: Uint8Array;
  readonly result: Uint8Array;
}

export interface Climb {
  readonly verified: boolean;
  readonly steps: readonly Step[];
  /** What the hashes lead to, which is the root only where it verified. */
  readonly reached: Uint8Array;
}

/** Climbs from a leaf to the root by RFC 9162 §2.1.3.2. BigInt, as the bit operators of numbers end at 32 bits. */
export async function climb(leaf: Uint8Array, index: number, size: number, proof: readonly Uint8Array[], root: Uint8Array): Promise<Climb> {
  const steps: Step[] = [];
  if (!isSize(index) || !isSize(size) || index >= size || !proof.every((hash) => hash.length === HASH_BYTES))
    return { verified: false, steps, reached: leaf };
  let fn = BigInt(index);
  let sn = BigInt(size) - 1n;
  let reached = leaf;
  for (const sibling of proof) {
    if (sn === 0n) return { verified: false, steps, reached };
    if (isOdd(fn) || fn === sn) {
      reached = await nodeHash(sibling, reached);
      steps.push({ side: "left", sibling, result: reached });
      while (!isOdd(fn) && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
    } else {
      reached = await nodeHash(reached, sibling);
      steps.push({ side: "right", sibling, result: reached });
    }
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  return { verified: sn === 0n && equal(reached, root), steps, reached };
}

function isSize(n: number): boolean {
  return Number.isSafeInteger(n) && n >= 0;
}

function isOdd(n: bigint): boolean {
  return (n & 1n) === 1n;
}
