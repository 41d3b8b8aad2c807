import type { ByteSource } from "../../bytes.ts";
import type { Anomaly, Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { Anomalies, shown } from "../strict-json/anomalies.ts";
import { countOf, type JsonMember, type JsonText, memberOf } from "../strict-json/node.ts";
import { readMembers } from "../strict-json/read.ts";

export interface IndexFacts {
  /** Distinct files of `weight_map` in the order of their first mention. */
  readonly shards: readonly Shard[];
  /** Entries of `weight_map`. */
  readonly tensorCount: number;
  /** `metadata.total_size` in bytes, where it is a count. */
  readonly totalSize: number | null;
  /** What stands behind the document. */
  readonly trailing: { readonly offset: number; readonly size: number } | null;
}

export interface Shard {
  /** As written: hostile text. */
  readonly target: string;
  /** File offset of the first mention. */
  readonly at: number;
  readonly tensors: number;
}

/**
 * The index of a sharded model: `{"metadata": {"total_size"}, "weight_map": {tensor: file}}`, the same shape for safetensors, PyTorch, TensorFlow
 * and Flax (`*.index.json` of transformers and diffusers). Keras writes a list of files for a layer (`model.weights.json`). Anomalies are those of the JSON reader, and weight-map-not-text, no-weight-map,
 * unknown-member (what else a loader would read from such a file is nobody's to judge here).
 */
export async function parseIndex(bytes: ByteSource, budget: Budget): Promise<Parsed<IndexFacts>> {
  const anomalies = new Anomalies();
  const shards = new Map<string, { target: string; at: number; tensors: number }>();
  let tensorCount = 0;
  let totalSize: number | null = null;
  let found = false;
  const facts = (behind?: Anomaly): IndexFacts => ({
    shards: [...shards.values()],
    tensorCount,
    totalSize,
    trailing: behind === undefined ? null : { offset: behind.at, size: bytes.size - behind.at },
  });

  const mention = ({ value, at }: JsonText): void => {
    const shard = shards.get(value);
    if (shard !== undefined) shard.tensors++;
    else if (shards.size >= budget.limits.maxEntries) throw new LimitError("maxEntries", budget.limits.maxEntries);
    else shards.set(value, { target: value, at, tensors: 1 });
  };

  const map = (member: JsonMember): void => {
    found = true;
    if (member.value.kind !== "object") {
      anomalies.add("weight-map-not-text", member.at, "weight_map is not an object");
      return;
    }
    for (const { key, at, value } of member.value.members) {
      tensorCount++;
      const names = value.kind === "array" ? value.items : [value];
      for (const name of names) {
        if (name.kind === "string") mention(name);
        else anomalies.add("weight-map-not-text", at, `weight_map has no file name for ${shown(key)} but ${name.kind}`);
      }
    }
  };

  const { maxHeaderBytes } = budget.limits;
  if (bytes.size > maxHeaderBytes)
    return { kind: "limit", facts: facts(), anomalies: [], at: 0, why: `${bytes.size} bytes are over maxHeaderBytes of ${maxHeaderBytes}` };
  try {
    budget.hold(bytes.size);
    const document = readMembers(await bytes.read(0, bytes.size), budget, (member) => {
      if (member.key === "weight_map") map(member);
      else if (member.key !== "metadata") anomalies.add("unknown-member", member.at, `the index has a member ${shown(member.key)}`);
      else totalSize = countOf(memberOf(member.value, "total_size")) ?? null;
    });
    budget.release(bytes.size);
    if (document.kind === "parsed" && !found) anomalies.add("no-weight-map", 0, "there is no weight_map");
    const behind = document.anomalies.find(({ kind }) => kind === "trailing-bytes");
    return { ...document, facts: facts(behind), anomalies: [...document.anomalies, ...anomalies.list] };
  } catch (error) {
    if (error instanceof LimitError) return { kind: "limit", facts: facts(), anomalies: anomalies.list, at: 0, why: error.message };
    throw error;
  }
}
