import type { ByteSource } from "../../bytes.ts";
import type { Anomaly, Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { parseZip, readMember, type ZipFacts } from "../zip/index.ts";
import { torchKindOf } from "./detect.ts";
import { exportedWeights } from "./exported-weights.ts";
import type { TorchZipFacts } from "./facts.ts";
import { forward, type Storages, storagesOf } from "./storages.ts";

/** Records of one number or word that torch writes; their whole content is checked. */
const RECORD_NAME =
  /(?:^|\/)(?:version|byteorder|\.format_version|\.storage_alignment|\.data\/(?:version|serialization_id)|archive_format|archive_version)$/;
const RECORD_CONTENT = /^(?:little|big|pt2|\d{1,64})\n?$/;
const MAX_RECORD_BYTES = 65;

/** A zip archive as torch.save, torch.jit.save and torch.export.save write it: the archive itself, and which members its pickles account for as storage. */
export async function parseTorchZip(source: ByteSource, budget: Budget): Promise<Parsed<TorchZipFacts>> {
  const parsed = await parseZip(source, budget);
  let storages: Storages = { storages: [], missing: [], elements: 0 };
  let records: readonly string[] = [];
  let stopped: LimitError | null = null;
  try {
    storages = await storagesOf(source, parsed.facts, budget);
    const exported = await exportedWeights(source, parsed.facts, budget);
    storages = { ...storages, storages: [...storages.storages, ...exported] };
    records = await recordsOf(source, parsed.facts, budget);
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    stopped = error;
  }
  const names = parsed.facts.members.flatMap((member) => member.names.map(forward));
  const roots = [...new Set(names.filter((name) => /(?:^|\/)data\.pkl$/.test(name)).map((name) => name.slice(0, -"data.pkl".length)))].slice(0, 16);
  const facts = { zip: parsed.facts, kind: torchKindOf(names) ?? "torch-zip", roots, ...storages, records };
  const anomalies = [...parsed.anomalies, ...shortStorages(facts)];
  if (stopped !== null) return { kind: "limit", facts, anomalies, why: stopped.message };
  return { ...parsed, facts, anomalies };
}

async function recordsOf(source: ByteSource, { members }: ZipFacts, budget: Budget): Promise<readonly string[]> {
  const records: string[] = [];
  for (const { names, readings } of members) {
    const [name = "", ...others] = names;
    const [reading, ...more] = readings;
    if (reading === undefined || others.length + more.length > 0 || !RECORD_NAME.test(name) || reading.size > MAX_RECORD_BYTES) continue;
    const opened = await readMember(source, reading, budget, MAX_RECORD_BYTES);
    if (opened === null || opened.bytes.size > MAX_RECORD_BYTES) continue;
    if (RECORD_CONTENT.test(Buffer.from(await opened.bytes.read(0, opened.bytes.size)).toString("latin1"))) records.push(name);
    opened.close();
  }
  return records;
}

function shortStorages({ zip, storages }: TorchZipFacts): readonly Anomaly[] {
  const accounted = new Map(storages.map(({ member, bytes }) => [member, bytes]));
  const short = zip.members.filter(({ names, readings }) => {
    const bytes = accounted.get(forward(names[0] ?? ""));
    return bytes !== undefined && (readings[0]?.size ?? 0) < bytes;
  });
  return short.slice(0, 8).map(({ names, at }) => ({
    kind: "short-storage",
    at,
    what: `${JSON.stringify((names[0] ?? "").slice(0, 120))} is shorter than the tensor that its pickle describes`,
  }));
}
