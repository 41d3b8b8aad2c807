import { fc, test } from "@fast-check/vitest";
import { expect, it } from "vitest";
import rfc6962 from "../../test/vectors/tlog/rfc6962.json" with { type: "json" };
import example from "../../test/vectors/tlog/worked-example.json" with { type: "json" };
import { consistencyProof, EMPTY_ROOT, inclusionProof, leafHash, nodeHash, rootHash, verifyConsistency, verifyInclusion } from "./merkle.ts";
import { Tip } from "./tip.ts";

const bytes = (hex: string) => Buffer.from(hex, "hex");
const hex = (hash: Uint8Array) => Buffer.from(hash).toString("hex");

/** The recursive definition of RFC 6962 §2.1, over leaf hashes. */
function mth(leaves: readonly Uint8Array[]): Uint8Array {
  const [first] = leaves;
  if (first === undefined) return EMPTY_ROOT;
  if (leaves.length === 1) return first;
  const k = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  return nodeHash(mth(leaves.slice(0, k)), mth(leaves.slice(k)));
}

function treeOf(entries: readonly Uint8Array[]) {
  const leaves = entries.map(leafHash);
  return { leaves, nodes: Tip.EMPTY.extend(entries), rootAt: (size: number) => mth(leaves.slice(0, size)) };
}

const big = treeOf(Array.from({ length: 600 }, (_, i) => Buffer.from(`${i}`)));

for (const [name, vectors] of Object.entries({
  "RFC 6962 reference tree": { entries: rfc6962.leaves_hex, roots: [rfc6962.empty_root_hex, ...rfc6962.roots_hex_by_size], ...rfc6962 },
  "worked example": { entries: example.entries_hex, roots: example.roots_hex, ...example },
})) {
  const tree = treeOf(vectors.entries.map(bytes));
  const root = (size: number) => bytes(vectors.roots[size] ?? "");

  it(`${name}: every root`, () => {
    expect(vectors.roots.map((_, size) => hex(rootHash(tree.nodes, size)))).toEqual(vectors.roots);
  });

  it(`${name}: every inclusion proof, made and verified`, () => {
    for (const { index, size, proof } of vectors.inclusion) {
      expect(inclusionProof(tree.nodes, index, size).map(hex)).toEqual(proof);
      expect(verifyInclusion(tree.leaves[index] ?? EMPTY_ROOT, index, size, proof.map(bytes), root(size))).toBe(true);
    }
  });

  it(`${name}: every consistency proof, made and verified`, () => {
    for (const { old, new: size, proof } of vectors.consistency) {
      expect(consistencyProof(tree.nodes, old, size).map(hex)).toEqual(proof);
      expect(verifyConsistency(old, size, proof.map(bytes), root(old), root(size))).toBe(true);
    }
  });
}

it("hashes leaves and nodes as the worked example says", () => {
  expect(example.entries_hex.map((entry) => hex(leafHash(bytes(entry))))).toEqual(example.leaf_hashes_hex);
  expect(hex(big.nodes.node(1, 0))).toBe(hex(nodeHash(leafHash(Buffer.from("0")), leafHash(Buffer.from("1")))));
});

it("knows the roots of the synthetic tree up to 70,000 leaves, extending and trimming the tip", () => {
  const roots = Object.entries(example.big_tree.roots);
  let tip = Tip.EMPTY;
  for (const [size, root] of roots) {
    for (let from = tip.size; from < Number(size); from = tip.size)
      tip = tip.extend(Array.from({ length: Math.min(700, Number(size) - from) }, (_, i) => Buffer.from(`${from + i}`))).trimmed();
    expect([size, hex(tip.root())]).toEqual([size, root]);
  }
  expect(tip.size).toBe(70_000);
});

const SIZE = fc.integer({ min: 1, max: 600 });

test.prop([SIZE, fc.nat(), fc.nat(), fc.integer({ min: 0, max: 7 })], { numRuns: 300 })(
  "inclusion verifies in any tree, and fails with one bit changed, a hash more or a hash less",
  (size, pick, at, bit) => {
    const index = pick % size;
    const root = big.rootAt(size);
    const leaf = big.leaves[index] ?? EMPTY_ROOT;
    const proof = inclusionProof(big.nodes, index, size);
    expect(verifyInclusion(leaf, index, size, proof, root)).toBe(true);
    expect(verifyInclusion(leaf, index, size, [...proof, leaf], root)).toBe(false);
    expect(verifyInclusion(leaf, index, size, proof.slice(1), root)).toBe(size === 1);
    expect(verifyInclusion(flip(leaf, at, bit), index, size, proof, root)).toBe(false);
    expect(verifyInclusion(leaf, index, size, proof, flip(root, at, bit))).toBe(false);
    if (proof.length > 0) expect(verifyInclusion(leaf, index, size, flipOne(proof, at, bit), root)).toBe(false);
    if (size > 1) expect(verifyInclusion(leaf, (index + 1) % size, size, proof, root)).toBe(false);
    expect(verifyInclusion(leaf, index, 2 * size + 1, proof, root)).toBe(false);
  },
);

test.prop([SIZE, fc.nat(), fc.nat(), fc.integer({ min: 0, max: 7 })], { numRuns: 300 })(
  "consistency verifies between any two trees, and fails with one bit changed, a hash more or a hash less",
  (size, pick, at, bit) => {
    const old = pick % (size + 1);
    const [oldRoot, root] = [big.rootAt(old), big.rootAt(size)];
    const proof = consistencyProof(big.nodes, old, size);
    expect(verifyConsistency(old, size, proof, oldRoot, root)).toBe(true);
    expect(verifyConsistency(old, size, [...proof, root], oldRoot, root)).toBe(false);
    expect(verifyConsistency(old, size, proof, flip(oldRoot, at, bit), root)).toBe(false);
    if (proof.length > 0) {
      expect(verifyConsistency(old, size, proof.slice(1), oldRoot, root)).toBe(false);
      expect(verifyConsistency(old, size, proof.slice(0, -1), oldRoot, root)).toBe(false);
      expect(verifyConsistency(old, size, flipOne(proof, at, bit), oldRoot, root)).toBe(false);
    }
    if (old > 0) expect(verifyConsistency(old, size, proof, oldRoot, flip(root, at, bit))).toBe(false);
  },
);

it("verifies proofs in trees beyond 32 bits", () => {
  const size = 2 ** 52 + 1;
  const proof = Array.from({ length: 52 }, (_, i) => leafHash(Buffer.from(`${i}`)));
  const left = leafHash(Buffer.from("left"));
  const right = leafHash(Buffer.from("right"));
  expect(verifyInclusion(right, size - 1, size, [left], nodeHash(left, right))).toBe(true);
  expect(verifyInclusion(right, size - 1, size, proof, nodeHash(left, right))).toBe(false);
  expect(verifyConsistency(2 ** 52, size, [right], left, nodeHash(left, right))).toBe(true);
  expect(verifyInclusion(right, 2 ** 53, 2 ** 53 + 2, [], right)).toBe(false);
});

it("refuses an index or a size outside the tree", () => {
  expect(() => inclusionProof(big.nodes, 5, 5)).toThrow(RangeError);
  expect(() => inclusionProof(big.nodes, -1, 5)).toThrow(RangeError);
  expect(() => consistencyProof(big.nodes, 6, 5)).toThrow(RangeError);
  expect(verifyInclusion(EMPTY_ROOT, 0, 0, [], EMPTY_ROOT)).toBe(false);
  expect(verifyConsistency(6, 5, [], EMPTY_ROOT, EMPTY_ROOT)).toBe(false);
});

function flip(hash: Uint8Array, at: number, bit: number): Uint8Array {
  const copy = Uint8Array.from(hash);
  copy[at % copy.length] = (copy[at % copy.length] ?? 0) ^ (1 << bit);
  return copy;
}

function flipOne(proof: readonly Uint8Array[], at: number, bit: number): Uint8Array[] {
  return proof.map((hash, i) => (i === at % proof.length ? flip(hash, at, bit) : hash));
}
