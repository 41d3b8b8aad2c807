import type { ByteSource } from "../../bytes.ts";
import type { Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { parseTar } from "../tar/parse.ts";
import type { RecordMember, TorchTarFacts } from "./facts.ts";
import { memberNameOf } from "./member-name.ts";
import { RecordReader } from "./records.ts";

/**
 * What torch.save wrote before version 0.4, and torch.load still reads from a file: a tar of `sys_info`, `pickle`, `tensors` and `storages`.
 * https://github.com/pytorch/pytorch/blob/main/torch/serialization.py (`_legacy_load`)
 */
export async function parseTorchTar(source: ByteSource, budget: Budget): Promise<Parsed<TorchTarFacts>> {
  const parsed = await parseTar(source, budget);
  const records: RecordMember[] = [];
  const facts = { tar: parsed.facts, records };
  for (const [index, entry] of parsed.facts.entries.entries()) {
    const name = memberNameOf(entry);
    if ((name !== "storages" && name !== "tensors") || entry.size === 0 || (entry.type !== "file" && entry.type !== "other")) continue;
    const reader = new RecordReader(source, index, entry, budget);
    try {
      await reader.read(name);
    } catch (error) {
      if (!(error instanceof LimitError)) throw error;
      return { kind: "limit", facts: { ...facts, records: [...records, reader.member] }, anomalies: parsed.anomalies, why: error.message };
    }
    records.push(reader.member);
  }
  const broken = records.find((record) => record.broken !== null);
  if (parsed.kind !== "parsed" || broken === undefined) return { ...parsed, facts };
  const name = memberNameOf(parsed.facts.entries[broken.entry] ?? { name: "" });
  const at = broken.rest?.offset;
  return { kind: "broken", facts, anomalies: parsed.anomalies, ...(at === undefined ? {} : { at }), why: `${name}: ${broken.broken}` };
}
