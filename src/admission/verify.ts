import type { Artifact } from "../artifact/artifact.ts";
import { type MeasureOptions, measureTree } from "../artifact/measure.ts";
import { surveyTree } from "../artifact/tree.ts";
import type { Trust } from "../evidence/trust.ts";
import {
  type Authenticity,
  exitCodeOf,
  type Nearest,
  type RegistryReader,
  type StandingAt,
  standingByStatus,
  verifyStatus,
  verifyTicket,
} from "../registry/index.ts";
import { AdmissionError } from "./errors.ts";

export interface VerifySources {
  /** Bytes of a ticket file; without it the registry's. */
  readonly ticket?: Uint8Array;
  /** A trust file; without it the registry's own. */
  readonly trust?: Trust;
  /** Bytes of a status file; without it the registry's knowledge, when the ticket is its own. */
  readonly status?: Uint8Array;
  readonly registry?: RegistryReader;
  readonly now: () => Date;
  readonly freshWithinMs?: number;
}

export interface Verification {
  readonly artifact: Artifact;
  readonly authenticity: Authenticity | { readonly kind: "no-ticket" };
  readonly standing: StandingAt;
  /** The key came from this installation itself, not from a trust file. */
  readonly ownKey: boolean;
  /** What was done to a registered model that shares at least half of its entries; set when these bytes have no ticket. */
  readonly nearest: Nearest | null;
  readonly exit: 0 | 1 | 3;
}

/**
 * Do these bytes hold a valid ticket? Hashes the tree and answers two things apart: authentic (by ticket and trust file) and standing (as of a time).
 * Throws ArtifactError, AdmissionError.
 */
export async function verifyTree(path: string, sources: VerifySources, options: MeasureOptions = {}): Promise<Verification> {
  const { artifact, problems } = await measureTree(surveyTree(path), options);
  const changed = problems.find(({ kind }) => kind === "changed-while-read");
  if (changed !== undefined)
    throw new AdmissionError("WB_ADMISSION_CHANGED", `${changed.path} changed while it was read`, {
      hint: "Stop what writes to it, and verify again.",
    });
  const { registry } = sources;
  const bytes = sources.ticket ?? (await registry?.ticket(artifact.digest))?.bytes;
  const nearest = async () => (await registry?.nearestTo(artifact.manifest)) ?? null;
  const unknown: StandingAt = { standing: "unknown", asOf: null, why: "there is no registry and no status file to ask" };
  const ownKey = sources.trust === undefined;
  if (bytes === undefined) return { artifact, authenticity: { kind: "no-ticket" }, standing: unknown, ownKey, nearest: await nearest(), exit: 1 };
  const trust = sources.trust ?? (await registry?.trust());
  if (trust === undefined)
    throw new AdmissionError("WB_ADMISSION_NO_TRUST", "there is no trust file to check the ticket against", { hint: "Give --trust FILE." });
  const authenticity = verifyTicket(bytes, trust, artifact.digest);
  if (authenticity.kind === "not-authentic") return { artifact, authenticity, standing: unknown, ownKey, nearest: await nearest(), exit: 1 };
  const standing = await standingOf(authenticity.ticket, trust, sources, unknown);
  return { artifact, authenticity, standing, ownKey, nearest: null, exit: exitCodeOf(authenticity, standing) };
}

async function standingOf(
  ticket: { readonly leaf: string; readonly index: number; readonly origin: string; readonly notAfter: string },
  trust: Trust,
  sources: VerifySources,
  unknown: StandingAt,
): Promise<StandingAt> {
  const now = sources.now().toISOString();
  if (sources.status !== undefined) {
    const status = verifyStatus(sources.status, trust);
    if (status.kind === "broken")
      throw new AdmissionError("WB_ADMISSION_BAD_STATUS", status.why, { hint: "Export a new one: weighbridge registry export --status FILE." });
    return standingByStatus(status.value, ticket, { now, ...(sources.freshWithinMs === undefined ? {} : { freshWithinMs: sources.freshWithinMs }) });
  }
  if (sources.registry !== undefined && (await sources.registry.trust()).origin === ticket.origin) return sources.registry.standing(ticket.leaf);
  return now >= ticket.notAfter ? { standing: "expired", asOf: null, why: `it ended at ${ticket.notAfter}` } : unknown;
}
