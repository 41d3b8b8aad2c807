import type { ByteSource } from "../../bytes.ts";
import type { ChildRef, Format, Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { childrenOfMember, childrenOfZip, parseZip, readMember, type ZipFacts, type ZipMember } from "../zip/index.ts";
import { foldedName } from "./detect.ts";

export interface KerasZipFacts {
  readonly zip: ZipFacts;
  /** Indices of the members that some reader takes for the configuration, and that are JSON. */
  readonly configs: readonly number[];
  /** Indices of those that lie under another name than `config.json`. */
  readonly aliases: readonly number[];
}

const HEAD_BYTES = 4096;

/** A model as Keras 3 saves it: a zip archive whose `config.json` is what the model is built from. */
export const kerasZip: Format<KerasZipFacts> = {
  id: "keras-v3",
  parse: parseKerasZip,
  children({ zip, configs }): readonly ChildRef[] {
    const isConfig = new Set(configs);
    const members = zip.members.flatMap((member, index) =>
      childrenOfMember(member).map((child): ChildRef => (isConfig.has(index) && isConfigName(child.name) ? { ...child, as: "keras-config" } : child)),
    );
    return [...members, ...childrenOfZip({ ...zip, members: [] })];
  },
};

function isConfigName(name: string): boolean {
  return foldedName(name) === "config.json";
}

async function parseKerasZip(source: ByteSource, budget: Budget): Promise<Parsed<KerasZipFacts>> {
  const parsed = await parseZip(source, budget);
  const configs: number[] = [];
  const aliases: number[] = [];
  let stopped: LimitError | null = null;
  try {
    for (const [index, member] of parsed.facts.members.entries()) {
      budget.steps(1);
      if (member.directory || !member.names.some(isConfigName)) continue;
      if (!member.names.includes("config.json")) aliases.push(index);
      if (await isDocument(source, member, budget)) configs.push(index);
    }
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    stopped = error;
  }
  const facts = { zip: parsed.facts, configs, aliases };
  return stopped === null ? { ...parsed, facts } : { kind: "limit", facts, anomalies: parsed.anomalies, why: stopped.message };
}

/** Whether every reading of a member begins as JSON does, in any encoding that Python reads: what does not is examined as what it is. */
async function isDocument(source: ByteSource, member: ZipMember, budget: Budget): Promise<boolean> {
  if (member.encrypted || member.link !== undefined || member.readings.length === 0) return false;
  for (const reading of member.readings) {
    const opened = await readMember(source, reading, budget, budget.limits.maxHeaderBytes);
    if (opened === null) return false;
    try {
      const head = Buffer.from(await opened.bytes.read(0, Math.min(HEAD_BYTES, opened.bytes.size))).toString("latin1");
      if (!/^(?:\xef\xbb\xbf|\xff\xfe|\0*\xfe\xff)?[\s\0]*[[{]/.test(head)) return false;
    } finally {
      opened.close();
    }
  }
  return true;
}
