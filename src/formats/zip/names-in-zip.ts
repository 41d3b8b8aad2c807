import type { Probe } from "../../format.ts";
import { lazily } from "../../lazily.ts";

const engine = lazily(() => import("./listing.ts"));
const listings = new WeakMap<Probe, Promise<readonly string[]>>();

/** Names of the members of a zip archive, with forward slashes: for detectors of the formats that are zip archives. Read once for each probe. */
export function namesInZip(probe: Probe): Promise<readonly string[]> {
  const listing = listings.get(probe) ?? list(probe).catch(() => []);
  listings.set(probe, listing);
  return listing;
}

async function list(probe: Probe): Promise<readonly string[]> {
  return (await engine()).listMembers(probe);
}
