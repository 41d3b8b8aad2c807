import type { z } from "@hono/zod-openapi";
import { type Deployment, type Listed, type Shown, wordsOf } from "../../registry/index.ts";
import type { Artifact, ArtifactSummary } from "./schema/artifact.ts";

export function summaryOf(item: Listed): z.infer<typeof ArtifactSummary> {
  const { artifact, name, aliases, decision, standing, evaluatedAt, ticket, notAfter } = item;
  return {
    artifact,
    name: wordsOf(name),
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
    principal: wordsOf(principal),
    context,
    policySet,
    omsRoot,
    reasons: reasons.map(({ policy, effect, text, waiver }) => ({
      policy,
      effect,
      text: wordsOf(text),
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
      reason: wordsOf(reason),
      principal: wordsOf(who),
    })),
    standingChanges: standingChanges.map(({ reason, principal: who, leaf, effect, at }) => ({
      leaf,
      effect,
      at,
      reason: wordsOf(reason),
      principal: wordsOf(who),
    })),
    history: [...history],
    deployments: deployments.filter(({ artifact }) => artifact === shown.artifact).map(({ id, name }) => ({ id, name })),
  };
}
