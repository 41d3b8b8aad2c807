import type { z } from "@hono/zod-openapi";
import type { Digest } from "../../digest.ts";
import { PREDICATE } from "../../evidence/predicate-types.ts";
import { type Registry, type Shown, wordsOf } from "../../registry/index.ts";
import type { Admission } from "../api/schema/admission.ts";
import type { JobResult } from "./job-result.ts";

export type AdmissionAnswer = z.infer<typeof Admission>;

type Asked = Pick<Registry, "show" | "manifest" | "statement">;

/** What a job decided. */
export async function admissionOfJob(registry: Asked, { artifact, decision, recorded, evidence }: JobResult): Promise<AdmissionAnswer> {
  return { artifact, decision: { ...decision, reasons: [...decision.reasons] }, recorded, ...(await evidenceOf(registry, artifact, evidence)) };
}

/** The latest decision about an artifact. Throws RegistryError WB_REGISTRY_NOT_FOUND. */
export async function latestAdmission(registry: Asked, artifact: Digest): Promise<AdmissionAnswer> {
  const shown = await registry.show(artifact);
  const { decision: outcome, context, policySet, evaluatedAt } = shown;
  const reasons = shown.reasons.map(({ text, ...reason }) => ({ ...reason, text: wordsOf(text) }));
  const examined = shown.evidence.find(({ predicateType }) => predicateType === PREDICATE.examination);
  return {
    artifact,
    decision: { outcome, reasons, context, policySet, evaluatedAt },
    recorded: recordOf(shown),
    ...(await evidenceOf(registry, artifact, examined?.digest ?? null)),
  };
}

function recordOf({ artifact, decision, ticket, notAfter, history }: Shown): AdmissionAnswer["recorded"] {
  if (decision === "allow" && ticket !== null && notAfter !== null) return { kind: "already-ticketed", ticket: { ...ticket, notAfter } };
  const entry = history.findLast(({ kind }) => kind === "admission");
  if (decision === "allow" || entry === undefined) throw new Error(`the views of ${artifact} contradict one another`); // the projector wrote them
  return { kind: "already-recorded", outcome: decision, index: entry.index, leaf: entry.leaf };
}

async function evidenceOf(registry: Asked, artifact: Digest, evidence: Digest | null): Promise<Pick<AdmissionAnswer, "manifest" | "examination">> {
  const [manifest, statement] = await Promise.all([registry.manifest(artifact), evidence === null ? null : registry.statement(evidence)]);
  return { manifest, examination: statement?.predicate ?? null };
}
