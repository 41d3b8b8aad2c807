import type { ChildRef, Format, Parsed } from "../../format.ts";
import type { ExecutableFacts } from "../executable/facts.ts";
import { executableFormat } from "../executable/format.ts";
import { childrenOfZip, parseZip, type ZipFacts } from "../zip/index.ts";

export interface ExecutableZipFacts {
  readonly executable: ExecutableFacts;
  readonly zip: ZipFacts;
}

/**
 * The program owns what its headers describe, the archive what its directory lists; what lies between is searched. Where a program ends cannot always be
 * told (an Actually Portable Executable is several programs at once): then all before the first member is its own.
 */
export const executableZip: Format<ExecutableZipFacts> = {
  id: "executable-zip",
  async parse(bytes, budget): Promise<Parsed<ExecutableZipFacts>> {
    const executable = await executableFormat.parse(bytes, budget);
    const zip = await parseZip(bytes, budget);
    const { kind, at, why } = zip.kind === "parsed" ? executable : zip;
    const anomalies = zip.anomalies.filter((anomaly) => anomaly.kind !== "prepended");
    const facts = { executable: executable.facts, zip: zip.facts };
    return { kind, facts, anomalies, ...(at === undefined ? {} : { at }), ...(why === undefined ? {} : { why }) };
  },
  children: ({ executable, zip }) => [
    ...childrenOfZip({ ...zip, unowned: zip.unowned.filter(({ kind }) => kind !== "prepended") }),
    ...between(executable, zip),
  ],
};

/** Bytes behind the end of the program and before the first member. */
function between({ endsAt }: ExecutableFacts, { unowned }: ZipFacts): readonly ChildRef[] {
  return unowned.flatMap(({ kind, offset, size }): readonly ChildRef[] => {
    const from = kind === "prepended" && endsAt !== null ? Math.max(offset, endsAt) : offset + size;
    return from >= offset + size
      ? []
      : [{ name: `between@${from}`, region: { in: "slice", offset: from, size: offset + size - from }, treatment: "search" }];
  });
}
