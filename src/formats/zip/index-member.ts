import type { Probe } from "../../format.ts";
import { askZip } from "./detect.ts";
import { namesInZip } from "./names-in-zip.ts";

/** Members by which a format is told that is a zip archive with an index in it. */
const INDEX_MEMBERS = ["schema.json", "MAR-INF/MANIFEST.json"] as const;

export type IndexMember = (typeof INDEX_MEMBERS)[number];

interface Found {
  readonly zip: "yes" | "maybe" | "no";
  readonly members: ReadonlySet<string>;
}

/** One pass over the names of an archive answers for all of these formats. */
const ASKED = new WeakMap<Probe, Promise<Found>>();

/** Whether this is a zip archive with such a member, and how sure that is. */
export async function zipWith(member: IndexMember, probe: Probe): Promise<"yes" | "maybe" | "no"> {
  const asked = ASKED.get(probe) ?? find(probe);
  ASKED.set(probe, asked);
  const { zip, members } = await asked;
  return members.has(member) ? zip : "no";
}

async function find(probe: Probe): Promise<Found> {
  const members = new Set<string>();
  const zip = await askZip(probe);
  if (zip !== "no") for (const name of await namesInZip(probe)) if ((INDEX_MEMBERS as readonly string[]).includes(name)) members.add(name);
  return { zip, members };
}
