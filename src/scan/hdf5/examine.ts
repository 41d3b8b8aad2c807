import { type Examined, type Examiner, type Finding, findingOf } from "../../finding.ts";
import type { Hdf5Facts, Outward } from "../../formats/hdf5/facts.ts";
import { type Meaning, tamperingFindings } from "../tampering.ts";
import { targetDanger } from "../target-danger.ts";
import { HDF5_RULES as RULES } from "./rules.ts";

const MEANINGS: Readonly<Record<string, Meaning>> = {
  "trailing-bytes": { rule: RULES.trailing, severity: "medium" },
  "base-address": { rule: RULES.structure, severity: "low" },
};
const OTHER: Meaning = { rule: RULES.structure, severity: "medium" };
/** Less than this is left behind by any writer. */
const NOTABLE_BYTES = 64 * 1024;
const MAX_OUTWARD = 50;

/** Filters that the HDF Group has registered, in ranges: h5py, PyTables and NetCDF write with some of them. */
function isRegistered(filter: number): boolean {
  return (filter >= 305 && filter <= 309) || (filter >= 32000 && filter <= 32040);
}

const KINDS = { "external-link": "an external link to", "external-storage": "stored in", "virtual-source": "a virtual dataset over" } as const;

/** HDF5 runs nothing; what is judged here is where it leads to, and what it hides. Configurations of Keras in it are subjects of their own. */
export const hdf5Examiner: Examiner<Hdf5Facts> = {
  id: "hdf5",
  version: 1,
  reads: "hdf5",
  rules: Object.values(RULES),
  examine({ kind, facts, anomalies }, { path }): Examined {
    return {
      findings: [
        ...tamperingFindings(anomalies, MEANINGS, OTHER, path),
        ...facts.outward.slice(0, MAX_OUTWARD).map((outward) => outwardFinding(outward, facts, path)),
        ...foreignLinks(facts, path),
        ...userBlock(facts, path),
        ...(kind === "parsed" ? unowned(facts, path) : []),
        ...filters(facts, path),
      ],
      unexamined: [...facts.unread, ...(facts.dropped === 0 ? [] : [`${facts.dropped} more links, texts or datasets`])],
      parameters: facts.parameters,
    };
  },
};

/** Data that is spread over files beside each other is a use of virtual datasets; a model's weights never are. */
function outwardFinding({ kind, object, at, target }: Outward, { isKeras }: Hdf5Facts, path: string): Finding {
  const danger = targetDanger(target);
  const plain = danger === null && kind === "virtual-source" && !isKeras;
  const shown = JSON.stringify(target.slice(0, 200));
  return findingOf(RULES.outward, {
    severity: plain ? "medium" : "high",
    where: { path, offset: at },
    title: `${object.slice(0, 120)} is ${KINDS[kind]} ${shown}${danger === null ? "" : `, which ${danger}`}`,
    proof: { kind, object: object.slice(0, 200), target: target.slice(0, 200) },
  });
}

function foreignLinks({ foreignLinks: links }: Hdf5Facts, path: string): readonly Finding[] {
  const [first] = links;
  if (first === undefined) return [];
  const { object, at, type } = first;
  const title = `${object.slice(0, 120)} is a link of kind ${type}${links.length === 1 ? "" : `, and ${links.length - 1} more`}`;
  return [findingOf(RULES.foreignLink, { severity: "medium", where: { path, offset: at }, title, proof: { object: object.slice(0, 200), type } })];
}

function userBlock({ userBlock: size, userBlockUsed }: Hdf5Facts, path: string): readonly Finding[] {
  if (userBlockUsed !== "yes") return [];
  const title = `${size} bytes stand before the file that HDF5 sees`;
  return [findingOf(RULES.trailing, { severity: "medium", where: { path, offset: 0 }, title, proof: { bytes: size } })];
}

function unowned({ unowned: extents, userBlock: start }: Hdf5Facts, path: string): readonly Finding[] {
  const inside = extents.filter(({ offset }) => offset >= start);
  const bytes = inside.reduce((sum, { size }) => sum + size, 0);
  const [first] = inside;
  if (first === undefined || bytes < NOTABLE_BYTES) return [];
  const title = `${bytes} bytes belong to no object: left by objects that were deleted, or hidden`;
  return [findingOf(RULES.unowned, { severity: "low", where: { path, offset: first.offset }, title, proof: { bytes, stretches: inside.length } })];
}

function filters({ filters: all }: Hdf5Facts, path: string): readonly Finding[] {
  return all
    .filter((filter) => !isRegistered(filter))
    .map((filter) =>
      findingOf(RULES.filter, {
        severity: "low",
        where: { path },
        title: `A dataset needs the filter ${filter}, which nobody has registered`,
        proof: { filter },
      }),
    );
}
