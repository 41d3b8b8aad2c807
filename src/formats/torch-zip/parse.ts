import type { ByteSource } from "../../bytes.ts";
import type { Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { parseZip } from "../zip/index.ts";
import { torchKindOf } from "./detect.ts";
import { claimExported } from "./exported-weights.ts";
import type { TorchZipFacts } from "./facts.ts";
import { Ledger } from "./ledger.ts";
import { folderOf, lastSegment } from "./names.ts";
import { claimPickled } from "./pickled-storages.ts";
import { recordsOf } from "./records.ts";

const MAX_ROOTS = 16;

/**
 * A zip archive as torch.save, torch.jit.save and torch.export.save write it: the archive itself, and which members its indexes account for as
 * raw storage. https://github.com/pytorch/pytorch/blob/main/torch/serialization.py (`_save`), torch/export/pt2_archive
 */
export async function parseTorchZip(source: ByteSource, budget: Budget): Promise<Parsed<TorchZipFacts>> {
  const parsed = await parseZip(source, budget);
  const zip = parsed.facts;
  const ledger = new Ledger(zip.members, budget);
  let records: readonly number[] = [];
  let stopped: LimitError | null = null;
  try {
    await claimPickled(source, zip, ledger, budget);
    await claimExported(source, zip, ledger, budget);
    records = await recordsOf(source, zip, budget);
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    ledger.indexed = false;
    stopped = error;
  }
  const names = [...ledger.names()];
  const roots = names.filter((name) => lastSegment(name) === "data.pkl").map(folderOf);
  const facts: TorchZipFacts = {
    zip,
    kind: torchKindOf(names) ?? "torch-zip",
    roots: roots.slice(0, MAX_ROOTS),
    storages: ledger.storages,
    unaccounted: ledger.unaccounted,
    indexed: ledger.indexed,
    missing: ledger.missing,
    elements: ledger.elements,
    records,
  };
  if (stopped !== null) return { kind: "limit", facts, anomalies: parsed.anomalies, why: stopped.message };
  return { ...parsed, facts };
}
