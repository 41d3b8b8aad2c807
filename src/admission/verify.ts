import type { Artifact, Manifest } from "../artifact/artifact.ts";
import { type MeasureOptions, measureTree } from "../artifact/measure.ts";
import { surveyTree } from "../artifact/tree.ts";
import type { Digest } from "../digest.ts";
import type { Trust } from "../evidence/trust.ts";
import {
  type Authenticity,
  type Differences,
  differencesBetween,
  exitCodeOf,
  type Nearest,
  type StandingAt,
  standingByStatus,
  verifyStatus,
  verifyTicket,
} from "../registry/index.ts";
import { AdmissionError } from "./errors.ts";

/** Where tickets are known: an installation here, or one that is asked over the network. */
export interface TicketRegistry {
  ticket(artifact: Digest): Promise<{ readonly bytes: Uint8Array } | null>;
  trust(): Promise<Trust>;
  standing(leaf: string): Promise<StandingAt>;
  manifest(artifact: Digest): Promise<Manifest | null>;
  /** Left out where nobody compares what only the asker has with all that is registered. */
  nearestTo?(present: Manifest): Promise<Nearest | null>;
}

export interface VerifySources {
  /** Bytes of a ticket file; without it the registry's. */
  readonly ticket?: Uint8Array;
  /** A trust file; without it the registry's own. */
  readonly trust?: Trust;
  /** A status file, under the name that errors tell; without it the registry's knowledge, when the ticket is its own. */
  readonly status?: { readonly file: string; readonly bytes: Uint8Array };
  readonly registry?: TicketRegistry;
  readonly now: () => Date;
  readonly freshWithinMs?: number;
}

export interface Verification {
  readonly artifact: Artifact;
  readonly authenticity: Authenticity | { readonly kind: "no-ticket" };
  readonly standing: StandingAt;
  /** The key came from the registry itself, not from a trust file. */
  readonly ownKey: boolean;
  /** What was done to a registered model; set when these bytes have no ticket. */
  readonly comparison: Comparison | null;
  readonly exit: 0 | 1 | 3;
}

/** With the model that the ticket is for, else with the one that is nearest. `impossible`: nothing here knows the names of a model's files. */
export type Comparison =
  | { readonly kind: "compared"; readonly artifact: Digest; readonly differences: Differences }
  | { readonly kind: "impossible"; readonly why: string };

/**
 * Do these bytes hold a valid ticket? Hashes the tree and answers two things apart: authentic (by ticket and trust file) and standing (as of a time).
 * Throws ArtifactError, AdmissionError.
 */
export async function verifyTree(path: string, sources: VerifySources, options: MeasureOptions = {}): Promise<Verification> {
  const { artifact, problems } = await measureTree(surveyTree(path), options);
  const changed = problems.find(({ kind }) => kind === "changed-while-read");
  if (changed !== undefined)
    throw new AdmissionError("WB_ADMISSION_CHANGED", `${changed.path} in ${path} changed while it was read`, {
      hint: "Stop what writes to it, and verify again.",
    });
  const { registry } = sources;
  const bytes = sources.ticket ?? (await registry?.ticket(artifact.digest))?.bytes;
  const unknown: StandingAt = { standing: "unknown", asOf: null, why: "there is no registry and no status file to ask" };
  const ownKey = sources.trust === undefined;
  if (bytes === undefined)
    return { artifact, authenticity: { kind: "no-ticket" }, standing: unknown, ownKey, comparison: await compare(artifact, null, registry), exit: 1 };
  const trust = sources.trust ?? (await registry?.trust());
  if (trust === undefined)
    throw new AdmissionError("WB_ADMISSION_NO_TRUST", "there is no trust file to check the ticket against", { hint: "Give --trust FILE." });
  const authenticity = verifyTicket(bytes, trust, artifact.digest);
  if (authenticity.kind === "not-authentic") {
    const comparison = authenticity.why === "other-artifact" ? await compare(artifact, authenticity.artifact ?? null, registry) : null;
    return { artifact, authenticity, standing: unknown, ownKey, comparison, exit: 1 };
  }
  const standing = await standingOf(authenticity.ticket, trust, sources, unknown);
  return { artifact, authenticity, standing, ownKey, comparison: null, exit: exitCodeOf(authenticity, standing) };
}

/** A ticket holds one digest of all files and no names, so only a registry can say what differs. */
async function compare(present: Artifact, ticketed: Digest | null, registry: TicketRegistry | undefined): Promise<Comparison> {
  if (registry === undefined)
    return {
      kind: "impossible",
      why: "a ticket holds one digest of all files and none of their names, so it can be told only where the ticket was issued",
    };
  const registered = ticketed === null ? null : await registry.manifest(ticketed);
  if (ticketed !== null && registered !== null)
    return { kind: "compared", artifact: ticketed, differences: differencesBetween(registered, present.manifest) };
  if (registry.nearestTo === undefined) return { kind: "impossible", why: "a server does not say which of its models is nearest" };
  const nearest = await registry.nearestTo(present.manifest);
  if (nearest !== null) return { kind: "compared", ...nearest };
  return { kind: "impossible", why: "no model with a ticket here has half of its files in it" };
}

async function standingOf(
  ticket: { readonly leaf: string; readonly index: number; readonly origin: string; readonly notAfter: string },
  trust: Trust,
  sources: VerifySources,
  unknown: StandingAt,
): Promise<StandingAt> {
  const now = sources.now().toISOString();
  if (sources.status !== undefined) {
    const status = verifyStatus(sources.status.bytes, trust);
    if (status.kind === "broken")
      throw new AdmissionError("WB_ADMISSION_BAD_STATUS", `${sources.status.file} is no status file to believe: ${status.why}`, {
        hint: "Export a new one where the model was admitted: weighbridge registry export --status FILE.",
      });
    return standingByStatus(status.value, ticket, { now, ...(sources.freshWithinMs === undefined ? {} : { freshWithinMs: sources.freshWithinMs }) });
  }
  if (sources.registry !== undefined && (await sources.registry.trust()).origin === ticket.origin) return sources.registry.standing(ticket.leaf);
  return now >= ticket.notAfter ? { standing: "expired", asOf: null, why: `it ended at ${ticket.notAfter}` } : unknown;
}
