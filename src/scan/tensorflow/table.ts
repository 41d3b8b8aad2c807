import { type Examined, type Examiner, type Finding, findingOf, type Reference } from "../../finding.ts";
import type { TableFacts } from "../../formats/tensorflow/table/facts.ts";
import { tamperingFindings } from "../tampering.ts";
import { TENSORFLOW_RULES as RULES } from "./rules.ts";

/** An index says which bytes of the data files beside it are tensors. */
export const tableExaminer: Examiner<TableFacts> = {
  id: "tf-table",
  version: 1,
  reads: "tf-table",
  rules: [RULES.table],
  examine({ facts, anomalies }, { path, name }): Examined {
    return {
      findings: [...tamperingFindings(anomalies, {}, { rule: RULES.table, severity: "medium" }, path), ...unownedFindings(facts, path)],
      unexamined: unexamined(facts),
      references: shardReferences(facts, name),
      parameters: facts.parameters,
    };
  },
};

function unownedFindings({ unowned }: TableFacts, path: string): readonly Finding[] {
  const [first] = unowned;
  if (first === undefined) return [];
  return [
    findingOf(RULES.table, {
      severity: "medium",
      where: { path, offset: first.offset },
      title: `${unowned.reduce((sum, { size }) => sum + size, 0)} bytes belong to no block of the table`,
      proof: { spans: unowned.slice(0, 16).map(({ offset, size }) => [offset, size]) },
    }),
  ];
}

function unexamined({ kind, compressed }: TableFacts): readonly string[] {
  if (compressed > 0) return [`${compressed} compressed blocks of the table`];
  return kind !== "unknown" ? [] : ["a table of keys and values that is no index of a checkpoint"];
}

/** `NAME.index` counts on `NAME.data-00000-of-00002` and so on (tensor_bundle/naming.cc). */
function shardReferences({ kind, shards, tensors }: TableFacts, name: string): readonly Reference[] {
  if (kind !== "bundle" || !name.endsWith(".index") || shards < 1 || shards > MAX_SHARDS) return [];
  const stem = name.slice(0, -".index".length);
  const owns = Map.groupBy(tensors, ({ shard }) => shard);
  return Array.from({ length: shards }, (_, shard) => ({
    kind: "tensor-data",
    target: `${stem}.data-${digits(shard)}-of-${digits(shards)}`,
    owns: (owns.get(shard) ?? []).filter(({ offset, size }) => isSize(offset) && isSize(size)).map(({ offset, size }) => ({ offset, size })),
  }));
}

/** A checkpoint has as many data files as it has hosts. */
const MAX_SHARDS = 99_999;

function digits(value: number): string {
  return String(value).padStart(5, "0");
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
