import type { z } from "@hono/zod-openapi";
import { isOwnSubmission } from "../../access/own-submission.ts";
import type { Principal } from "../../access/principal.ts";
import { type CatalogueItem, wordsOf } from "../../registry/index.ts";
import type { ServerParts } from "../parts.ts";
import type { Pending } from "./schema/artifact.ts";
import { summaryOf } from "./wire-artifact.ts";

/** A model on hold as one person sees it: what it waits for, and whether they may approve it. */
export async function pendingFor(
  { registry, judge, tokens }: Pick<ServerParts, "registry" | "judge" | "tokens">,
  item: CatalogueItem,
  principal: Principal,
): Promise<z.infer<typeof Pending>> {
  const [policies, submitters] = await Promise.all([registry.waitingFor(item.artifact), registry.submitters(item.artifact)]);
  const waiting = policies.map(({ policy, role, text }) => ({ policy, role, text: wordsOf(text) }));
  const ownSubmission = isOwnSubmission(tokens, principal.id, submitters);
  const context = { artifact: item.artifact, ownSubmission, policies: waiting.map(({ policy }) => policy) };
  const { outcome, reasons } = judge.decide(principal, { action: "approve", context });
  const whyNot = outcome === "allow" ? null : reasons.map(({ text }) => text).join(" ");
  return { ...summaryOf(item), submitter: submitters.at(-1) ?? null, waiting, mayApprove: outcome === "allow", whyNot };
}
