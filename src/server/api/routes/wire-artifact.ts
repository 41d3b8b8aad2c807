import type { z } from "@hono/zod-openapi";
import type { Deployment, Listed, Shown, StoredText } from "../../../registry/index.ts";
import type { Artifact, ArtifactSummary } from "../schema/artifact.ts";

/** A text, or null where it was erased. */
export function erasable(text: StoredText): string | null {
  return text.kind === "text" && typeof text.value === "string" ? text.value : null;
}

export function summaryOf(item: Listed): z.infer<typeof ArtifactSummary> {
  const { artifact, name, aliases, decision, standing, evaluatedAt, ticket, notAfter } = item;
  return {
    artifact,
    name: erasable(name),
    aliases: [...aliases],
    decision,
    standing,
    evaluatedAt,
    ticket: ticket === null || notAfter === null ? null : { ...ticket, notAfter },
  };
}

export function artifactOf(shown: Shown, deployments: readonly Deployment[]): z.infer<typeof Artifact> {
  const { principal, context, policySet, omsRoot, reasons, evidence, held, approvals, standingChanges, history } = shown;
  return {
    ...summaryOf(shown),
    principal: erasable(principal),
    context,
    policySet,
    omsRoot,
    reasons: reasons.map(({ policy, effect, text, waiver }) => ({
      policy,
      effect,
      text: erasable(text),
      ...(waiver === undefined ? {} : { waiver }),
    })),
    evidence: [...evidence],
    waiting: held === null ? null : [...held.waiting],
    approvals: approvals.map(({ reason, principal: who, leaf, policy, role, context: judged, at, expires }) => ({
      leaf,
      policy,
      role,
      context: judged,
      at,
      expires,
      reason: erasable(reason),
      principal: erasable(who),
    })),
    standingChanges: standingChanges.map(({ reason, principal: who, leaf, effect, at }) => ({
      leaf,
      effect,
      at,
      reason: erasable(reason),
      principal: erasable(who),
    })),
    history: [...history],
    deployments: deployments.filter(({ artifact }) => artifact === shown.artifact).map(({ id, name }) => ({ id, name })),
  };
}
