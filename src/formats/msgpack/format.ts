import type { ByteSource } from "../../bytes.ts";
import type { ChildRef, Format, Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import type { MsgpackFacts } from "./facts.ts";
import { MsgpackBreak } from "./read.ts";
import { MsgpackWalk } from "./walk.ts";

/** Shorter pieces of tensors hold nothing that runs. */
const PROBED_BYTES = 64;
/** No pickle that calls something is shorter. */
const SEARCHED_BYTES = 8;

/**
 * One MessagePack value, as flax (`flax.serialization`), orbax and msgpack-numpy write checkpoints: maps of arrays. Values are walked, arrays are held
 * against their shapes, and what no array owns is searched. https://github.com/msgpack/msgpack/blob/master/spec.md
 */
export const msgpackFormat: Format<MsgpackFacts> = { id: "msgpack", parse: parseMsgpack, children };

async function parseMsgpack(source: ByteSource, budget: Budget): Promise<Parsed<MsgpackFacts>> {
  const walk = new MsgpackWalk(source, budget);
  try {
    await walk.run();
    return { kind: "parsed", facts: walk.facts(), anomalies: walk.anomalies.list };
  } catch (error) {
    const facts = walk.facts();
    if (error instanceof MsgpackBreak) return { kind: "broken", facts, anomalies: walk.anomalies.list, at: error.at, why: error.message };
    if (error instanceof LimitError) return { kind: "limit", facts, anomalies: walk.anomalies.list, at: walk.at, why: error.message };
    throw error;
  } finally {
    walk.close();
  }
}

function children({ arrays, bytes, endsAt, size }: MsgpackFacts): readonly ChildRef[] {
  const behind = endsAt === null || endsAt >= size ? [] : [slice("appended", endsAt, size - endsAt, "search")];
  return [
    ...arrays.flatMap(({ name, offset, size, expected }) => {
      if (expected === null) return size < SEARCHED_BYTES ? [] : [slice(name, offset, size, "search")];
      const owned = Math.min(size, expected);
      return [
        ...(owned < PROBED_BYTES ? [] : [slice(name, offset, owned, "probe")]),
        ...(size - owned < SEARCHED_BYTES ? [] : [slice(`${name} behind its array`, offset + owned, size - owned, "search")]),
      ];
    }),
    ...bytes
      .filter(({ size }) => size >= SEARCHED_BYTES)
      .map(
        ({ name, offset, size, kind }): ChildRef =>
          kind === "pickle" ? { ...slice(name, offset, size, "examine"), as: "pickle" } : slice(name, offset, size, "search"),
      ),
    ...behind,
  ];
}

function slice(name: string, offset: number, size: number, treatment: ChildRef["treatment"]): ChildRef {
  return { name: name === "" ? "value" : name, region: { in: "slice", offset, size }, treatment };
}
