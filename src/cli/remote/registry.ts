import type { z } from "zod";
import type { Digest } from "../../digest.ts";
import type { Listed, Shown, StoredText } from "../../registry/index.ts";
import { parseManifest } from "../../registry/read-manifest.ts";
import type { Examination } from "../../scan/examination.ts";
import { Admission } from "../../server/api/schema/admission.ts";
import { Approved, Artifact, ArtifactPage, type ArtifactSummary } from "../../server/api/schema/artifact.ts";
import { examinationIn } from "./admission.ts";
import type { ServerClient } from "./client.ts";

const PAGE = 200;

/** Every artifact of a server, the newest decision first, a page in memory at a time. */
export async function* listThere(client: ServerClient): AsyncGenerator<Listed> {
  for (let cursor: string | null = ""; cursor !== null; ) {
    const query: string = cursor === "" ? `limit=${PAGE}` : `limit=${PAGE}&cursor=${encodeURIComponent(cursor)}`;
    const page: z.infer<typeof ArtifactPage> = await client.get(`/artifacts?${query}`, ArtifactPage);
    yield* page.items.map(listedIn);
    cursor = page.next;
  }
}

/** All that a server tells of one artifact; what was judged is not told again. */
export async function showThere(client: ServerClient, id: string): Promise<Shown> {
  return shownIn(await client.get(`/artifacts/${encodeURIComponent(id)}`, Artifact));
}

/** What was found when the latest decision was made; null where it was erased. */
export async function examinationThere(
  client: ServerClient,
  { artifact, omsRoot }: Pick<Shown, "artifact" | "omsRoot">,
): Promise<Examination | null> {
  const answer = await client.get(`/artifacts/${artifact}/admission`, Admission);
  const manifest = answer.manifest === null ? null : parseManifest(answer.manifest);
  return manifest?.kind === "parsed" ? examinationIn(answer, { digest: artifact, omsRoot, manifest: manifest.value }) : null;
}

interface ApprovalThere {
  readonly reason: string;
  readonly days: number;
  readonly policies?: readonly string[];
}

export function approveThere(client: ServerClient, id: string, approval: ApprovalThere): Promise<z.infer<typeof Approved>> {
  return client.post(`/artifacts/${encodeURIComponent(id)}/approvals`, approval, Approved);
}

/** Takes or gives back a standing. `already`: it was so, and nothing was added to the log. */
export async function changeStandingThere(
  client: ServerClient,
  id: string,
  change: { readonly effect: "revoke" | "reinstate"; readonly reason: string },
): Promise<{ readonly kind: "changed" | "already"; readonly shown: Shown }> {
  const before = await showThere(client, id);
  await client.do(`/artifacts/${before.artifact}/standing`, change);
  const shown = await showThere(client, before.artifact);
  return { kind: shown.standingChanges.length > before.standingChanges.length ? "changed" : "already", shown };
}

/** Gives an artifact a name. Yields its digest. */
export async function nameThere(client: ServerClient, id: string, alias: string): Promise<Digest> {
  const { artifact } = await showThere(client, id);
  await client.do(`/artifacts/${artifact}/aliases`, { alias });
  return artifact;
}

function listedIn({ artifact, name, aliases, decision, standing, evaluatedAt, ticket }: z.infer<typeof ArtifactSummary>): Listed {
  return {
    artifact: artifact as Digest, // the schema has its form, here and below
    name: textIn(name),
    aliases,
    decision,
    standing,
    evaluatedAt,
    ticket: ticket === null ? null : { origin: ticket.origin, leaf: ticket.leaf, index: ticket.index },
    notAfter: ticket?.notAfter ?? null,
  };
}

function shownIn(wire: z.infer<typeof Artifact>): Shown {
  const listed = listedIn(wire);
  const { artifact } = listed;
  const context = wire.context as Digest;
  const policySet = wire.policySet as Digest;
  const index = wire.history.findLast(({ kind }) => kind === "admission")?.index ?? 0;
  return {
    ...listed,
    principal: textIn(wire.principal),
    context,
    policySet,
    omsRoot: wire.omsRoot as Digest | null,
    reasons: wire.reasons.map(({ policy, effect, text, waiver }) => ({
      policy,
      effect,
      text: textIn(text),
      ...(waiver === undefined ? {} : { waiver: waiverIn(waiver) }),
    })),
    evidence: wire.evidence.map(({ digest, ...evidence }) => ({ ...evidence, digest: digest as Digest })),
    held: wire.waiting === null ? null : { artifact, index, context, contextValue: null, policySet, waiting: wire.waiting },
    approvals: wire.approvals.map(({ reason, principal, context: judged, ...approval }) => ({
      ...approval,
      context: judged as Digest,
      reason: textIn(reason),
      principal: textIn(principal),
    })),
    standingChanges: wire.standingChanges.map(({ reason, principal, ...change }) => ({
      ...change,
      reason: textIn(reason),
      principal: textIn(principal),
    })),
    history: wire.history,
  };
}

function waiverIn({ role, satisfiedBy, expires }: NonNullable<z.infer<typeof Artifact>["reasons"][number]["waiver"]>) {
  return { role, ...(satisfiedBy === undefined ? {} : { satisfiedBy }), ...(expires === undefined ? {} : { expires }) };
}

function textIn(text: string | null): StoredText {
  return text === null ? { kind: "evidence-missing" } : { kind: "text", value: text };
}
