import type { ByteSource } from "../../bytes.ts";
import type { Anomaly, Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import type { PickleFacts, Span, StorageReference } from "../pickle/facts.ts";
import { parseFirstStreams, parsePickle } from "../pickle/parse.ts";
import { itemsOf, type Value } from "../pickle/values.ts";
import { ELEMENT_BYTES } from "./element-sizes.ts";

export interface LegacyStorage extends Span {
  readonly key: string;
  readonly storageType: string;
}

export interface TorchLegacyFacts {
  /** Magic number, protocol version, system information, the object and the storage keys: the five streams before the storages. */
  readonly pickle: PickleFacts;
  /** Raw bytes of the storages, without the count of elements before each. */
  readonly storages: readonly LegacyStorage[];
  /** Bytes behind the last storage. */
  readonly unowned: Span | null;
}

const STREAMS = 5;
const COUNT_BYTES = 8;

/**
 * What torch.save wrote before version 1.6, and still does when asked: five pickles, then for each storage key a 64-bit count of elements and
 * the elements. https://github.com/pytorch/pytorch/blob/main/torch/serialization.py (`_legacy_save`)
 */
export async function parseTorchLegacy(source: ByteSource, budget: Budget): Promise<Parsed<TorchLegacyFacts>> {
  const first = await parseFirstStreams(source, STREAMS, budget.limits.maxEntries, budget);
  if (first.parsed.kind !== "parsed" || first.results.length < STREAMS) {
    // The loader has run what stands before the break; streams behind it are found by reading everything as pickles.
    const parsed = first.parsed.kind === "limit" ? first.parsed : await parsePickle(source, budget);
    const cut: Parsed<PickleFacts> = parsed.kind === "parsed" ? { ...parsed, kind: "broken", at: first.end, why: "fewer than five pickles" } : parsed;
    return { ...cut, facts: { pickle: parsed.facts, storages: [], unowned: null } };
  }
  return withStorages(source, first.parsed, first.end, keysOf(first.results[STREAMS - 1] ?? null), budget);
}

function keysOf(value: Value): readonly string[] {
  return itemsOf(value).map(String);
}

async function withStorages(
  source: ByteSource,
  { facts: pickle, anomalies: before }: Parsed<PickleFacts>,
  start: number,
  keys: readonly string[],
  budget: Budget,
): Promise<Parsed<TorchLegacyFacts>> {
  const storages: LegacyStorage[] = [];
  const anomalies: Anomaly[] = [...before];
  const declared = new Map(pickle.storages.map((storage) => [storage.key, storage]));
  let at = start;
  let problem: Pick<Parsed<unknown>, "kind" | "at" | "why"> = { kind: "parsed" };
  try {
    for (const key of keys) {
      budget.steps(1);
      const span = await storageAt(source, at, declared.get(key), anomalies);
      if (typeof span === "string") {
        problem = { kind: "broken", at, why: `storage ${key.slice(0, 40)}: ${span}` };
        break;
      }
      storages.push(span);
      at = span.offset + span.size;
    }
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    problem = { kind: "limit", at, why: error.message };
  }
  const unowned = at < source.size ? { offset: at, size: source.size - at } : null;
  return { ...problem, facts: { pickle, storages, unowned }, anomalies };
}

/** Reads the count at `at`. @returns where the elements lie, or why that cannot be known */
async function storageAt(
  source: ByteSource,
  at: number,
  declared: StorageReference | undefined,
  anomalies: Anomaly[],
): Promise<LegacyStorage | string> {
  if (declared === undefined) return "nothing in the object refers to it";
  const { key, storageType } = declared;
  const elementBytes = ELEMENT_BYTES[storageType];
  if (elementBytes === undefined) return `the element size of ${storageType.slice(0, 40)} is not known`;
  if (at + COUNT_BYTES > source.size) return "the bytes end before it";
  const count = Buffer.from(await source.read(at, COUNT_BYTES)).readBigUInt64LE();
  if (count !== BigInt(declared.elements))
    anomalies.push({
      kind: "storage-size",
      at,
      what: `storage ${key.slice(0, 40)} has ${count} elements where the object says ${declared.elements}`,
    });
  const size = count * BigInt(elementBytes);
  if (size > BigInt(source.size - at - COUNT_BYTES)) return `${size} bytes run past the end`;
  return { key, storageType, offset: at + COUNT_BYTES, size: Number(size) };
}
