import { expect, it } from "vitest";
import vectors from "../../../test/vectors/tlog/rfc6962.json" with { type: "json" };
import example from "../../../test/vectors/tlog/worked-example.json" with { type: "json" };
import { toHex } from "./bytes.ts";
import { climb, leafHash } from "./merkle.ts";

function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

it("hashes a leaf as RFC 6962 does", async () => {
  for (const [i, entry] of example.entries_hex.entries()) expect(toHex(await leafHash(fromHex(entry)))).toBe(example.leaf_hashes_hex[i]);
});

it.each(vectors.inclusion)("climbs from leaf $index to the root of $size leaves, and to no other", async ({ index, size, proof }) => {
  const leaf = await leafHash(fromHex(vectors.leaves_hex[index] ?? ""));
  const root = fromHex(vectors.roots_hex_by_size[size - 1] ?? "");
  const hashes = proof.map(fromHex);
  const climbed = await climb(leaf, index, size, hashes, root);
  expect(climbed).toMatchObject({ verified: true, reached: root });
  expect(climbed.steps).toHaveLength(proof.length);
  expect((await climb(leaf, index, size, hashes, leaf)).verified).toBe(size === 1);
  expect((await climb(leaf, index, size, [...hashes, leaf], root)).verified).toBe(false);
  expect((await climb(leaf, index + 1, size, hashes, root)).verified).toBe(false);
  expect((await climb(leaf, index, size, hashes.slice(1), root)).verified).toBe(size === 1);
  expect((await climb(leaf, size, size, hashes, root)).verified).toBe(false);
});

it("says on which side each sibling stands", async () => {
  const [first] = example.inclusion;
  const hashes = (first?.proof ?? []).map(fromHex);
  const { steps } = await climb(fromHex(example.leaf_hashes_hex[0] ?? ""), 0, 5, hashes, fromHex(example.roots_hex[5] ?? ""));
  expect(steps.map(({ side }) => side)).toEqual(["right", "right", "right"]);
});
