import { hash } from "node:crypto";

/** Bytes of a SHA-256 hash. */
export const HASH_BYTES = 32;

/** Root of the tree without entries: SHA-256 of the empty string. */
export const EMPTY_ROOT: Uint8Array = hash("sha256", new Uint8Array(0), "buffer");

/** Where hashes of complete subtrees come from: `node(h, i)` covers the 2^h leaves from i·2^h on. */
export interface Nodes {
  node(height: number, index: number): Uint8Array;
}

/** SHA-256(0x00, entry), RFC 6962 §2.1. */
export function leafHash(entry: Uint8Array): Uint8Array {
  const input = new Uint8Array(1 + entry.length);
  input.set(entry, 1);
  return hash("sha256", input, "buffer");
}

/** SHA-256(0x01, left, right), RFC 6962 §2.1. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  const input = new Uint8Array(1 + 2 * HASH_BYTES);
  input[0] = 1;
  input.set(left, 1);
  input.set(right, 1 + HASH_BYTES);
  return hash("sha256", input, "buffer");
}

/** MTH over the first `size` leaves. */
export function rootHash(nodes: Nodes, size: number): Uint8Array {
  return size === 0 ? EMPTY_ROOT : rangeHash(nodes, 0, size);
}

/** Siblings of leaf `index` from the leaf upwards, RFC 6962 §2.1.1. */
export function inclusionProof(nodes: Nodes, index: number, size: number): Uint8Array[] {
  if (!(index >= 0 && index < size)) throw new RangeError(`leaf ${index} of a tree of size ${size}`);
  const proof: Uint8Array[] = [];
  for (let start = 0, end = size; end - start > 1; ) {
    const middle = start + split(end - start).size;
    if (index < middle) {
      proof.push(rangeHash(nodes, middle, end));
      end = middle;
    } else {
      proof.push(rangeHash(nodes, start, middle));
      start = middle;
    }
  }
  return proof.reverse();
}

/** Hashes that show the tree of `size` to extend that of `old`, RFC 6962 §2.1.2. Empty when `old` is 0 or `size`. */
export function consistencyProof(nodes: Nodes, old: number, size: number): Uint8Array[] {
  if (!(old >= 0 && old <= size)) throw new RangeError(`tree of size ${old} in one of size ${size}`);
  if (old === 0) return [];
  const proof: Uint8Array[] = [];
  let start = 0;
  let end = size;
  while (old !== end) {
    const middle = start + split(end - start).size;
    if (old <= middle) {
      proof.push(rangeHash(nodes, middle, end));
      end = middle;
    } else {
      proof.push(rangeHash(nodes, start, middle));
      start = middle;
    }
  }
  if (start > 0) proof.push(rangeHash(nodes, start, end));
  return proof.reverse();
}

/** RFC 9162 §2.1.3.2. BigInt, as the bit operators of numbers end at 32 bits. */
export function verifyInclusion(leaf: Uint8Array, index: number, size: number, proof: readonly Uint8Array[], root: Uint8Array): boolean {
  if (!isSize(index) || !isSize(size) || index >= size || !proof.every(isHash)) return false;
  let fn = BigInt(index);
  let sn = BigInt(size) - 1n;
  let hash = leaf;
  for (const sibling of proof) {
    if (sn === 0n) return false;
    if (isOdd(fn) || fn === sn) {
      hash = nodeHash(sibling, hash);
      while (!isOdd(fn) && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
    } else hash = nodeHash(hash, sibling);
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  return sn === 0n && equalHashes(hash, root);
}

/** RFC 9162 §2.1.4.2; an empty old tree is consistent with every tree. */
export function verifyConsistency(old: number, size: number, proof: readonly Uint8Array[], oldRoot: Uint8Array, root: Uint8Array): boolean {
  if (!isSize(old) || !isSize(size) || old > size || !proof.every(isHash)) return false;
  if (old === size) return proof.length === 0 && equalHashes(oldRoot, root);
  if (old === 0) return proof.length === 0 && equalHashes(oldRoot, EMPTY_ROOT);
  let fn = BigInt(old) - 1n;
  let sn = BigInt(size) - 1n;
  while (isOdd(fn)) [fn, sn] = [fn >> 1n, sn >> 1n];
  // When the old tree is complete, its root is the first hash, and the proof leaves it out.
  const [first, ...rest] = fn === 0n ? [oldRoot, ...proof] : proof;
  if (first === undefined || proof.length === 0) return false;
  let oldHash = first;
  let newHash = first;
  for (const sibling of rest) {
    if (sn === 0n) return false;
    if (isOdd(fn) || fn === sn) {
      oldHash = nodeHash(sibling, oldHash);
      newHash = nodeHash(sibling, newHash);
      while (!isOdd(fn) && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
    } else newHash = nodeHash(newHash, sibling);
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  return sn === 0n && equalHashes(oldHash, oldRoot) && equalHashes(newHash, root);
}

/** Hashes here are public, so the comparison need not be constant in time. */
export function equalHashes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** MTH over leaves [start, end), where `start` is a multiple of the smallest power of two that is not below `end - start`. */
function rangeHash(nodes: Nodes, start: number, end: number): Uint8Array {
  const { size, height } = split(end - start);
  if (end - start === 1) return nodes.node(0, start);
  if (end - start === 2 * size) return nodes.node(height + 1, start / (2 * size));
  return nodeHash(nodes.node(height, start / size), rangeHash(nodes, start + size, end));
}

/** The largest power of two strictly below `count` (1 for a count of 1), and its exponent. */
function split(count: number): { readonly size: number; readonly height: number } {
  let size = 1;
  let height = 0;
  while (size * 2 < count) {
    size *= 2;
    height++;
  }
  return { size, height };
}

function isSize(n: number): boolean {
  return Number.isSafeInteger(n) && n >= 0;
}

function isOdd(n: bigint): boolean {
  return (n & 1n) === 1n;
}

function isHash(bytes: Uint8Array): boolean {
  return bytes.length === HASH_BYTES;
}
