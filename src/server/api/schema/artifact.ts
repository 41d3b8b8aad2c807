import { z } from "@hono/zod-openapi";
import { Digest, Erasable, Instant, Leaf, Outcome, PageQuery, pageOf, ReasonGiven, Severity, Standing } from "./wire.ts";

export const Ticket = z.object({ origin: z.string(), leaf: Leaf, index: z.int(), notAfter: Instant }).openapi("Ticket");

export const ArtifactSummary = z
  .object({
    artifact: Digest,
    /** How whoever submitted it named it. */
    name: Erasable,
    aliases: z.array(z.string()),
    decision: Outcome,
    standing: z.union([Standing, z.literal("none")]),
    evaluatedAt: Instant,
    ticket: Ticket.nullable(),
  })
  .openapi("ArtifactSummary");

export const ArtifactQuery = PageQuery.extend({
  decision: Outcome.optional(),
  standing: z.union([Standing, z.literal("none")]).optional(),
  /** Part of a name, an alias, or the beginning of a digest. */
  q: z.string().max(200).optional(),
});
export const ArtifactPage = pageOf(ArtifactSummary).openapi("ArtifactPage");

export const Reason = z
  .object({
    policy: z.string(),
    effect: z.enum(["permit", "forbid", "error", "default-deny"]),
    text: Erasable,
    waiver: z.object({ role: z.string(), satisfiedBy: Leaf.optional(), expires: Instant.optional() }).optional(),
  })
  .openapi("Reason");

export const Artifact = ArtifactSummary.extend({
  principal: Erasable,
  context: Digest,
  policySet: Digest,
  omsRoot: Digest.nullable(),
  reasons: z.array(Reason),
  evidence: z.array(z.object({ predicateType: z.string(), digest: Digest, state: z.enum(["present", "evidence-missing"]) })),
  /** Policies that wait for somebody; null where the decision is not hold. */
  waiting: z.array(z.object({ policy: z.string(), role: z.string() })).nullable(),
  approvals: z.array(
    z.object({
      leaf: Leaf,
      policy: z.string(),
      role: z.string(),
      context: Digest,
      at: Instant,
      expires: Instant,
      reason: Erasable,
      principal: Erasable,
    }),
  ),
  standingChanges: z.array(
    z.object({ leaf: Leaf, effect: z.enum(["revoke", "suspend", "reinstate"]), at: Instant, reason: Erasable, principal: Erasable }),
  ),
  history: z.array(z.object({ index: z.int(), leaf: Leaf, kind: z.string(), at: Instant })),
  /** Names under which it is deployed now. */
  deployments: z.array(z.object({ id: Leaf, name: z.string() })),
}).openapi("Artifact");

export const Finding = z
  .object({
    path: z.string(),
    offset: z.int().optional(),
    title: z.string(),
    explanation: z.string(),
    proof: z.unknown(),
    confidence: z.number().optional(),
  })
  .openapi("Finding");

/** What says the same of several places. `count` has all of them, `findings` the first few hundred. */
export const FindingGroup = z
  .object({
    rule: z.string(),
    severity: Severity,
    title: z.string(),
    explanation: z.string(),
    references: z.array(z.string()),
    findings: z.array(Finding),
    count: z.int(),
  })
  .openapi("FindingGroup");

/** `evidence-missing`: what was found was erased, or is damaged. */
export const Findings = z
  .union([
    z.object({
      state: z.literal("present"),
      groups: z.array(FindingGroup),
      coverage: z.object({
        status: z.enum(["complete", "incomplete", "interrupted"]),
        unexamined: z.array(z.object({ path: z.string(), why: z.string() })),
      }),
    }),
    z.object({ state: z.literal("evidence-missing") }),
  ])
  .openapi("Findings");

export const File = z
  .object({ path: z.string(), type: z.string(), size: z.int().nullable(), sha256: z.string().nullable(), formats: z.array(z.string()) })
  .openapi("File");
export const FilePage = pageOf(File).extend({ total: z.int() }).openapi("FilePage");

/** Against the artifact that was let in last under the same alias, or that shares the most files. */
export const Difference = z
  .object({
    base: Digest,
    baseName: Erasable,
    added: z.array(z.string()),
    removed: z.array(z.string()),
    changed: z.array(z.string()),
    renamed: z.array(z.object({ from: z.string(), to: z.string() })),
    unchanged: z.int(),
  })
  .openapi("Difference");

export const ApprovalRequest = z
  .strictObject({
    reason: ReasonGiven,
    policies: z.array(z.string().max(64)).min(1).max(50).optional(),
    days: z.int().min(1).max(36_500).default(90),
  })
  .openapi("ApprovalRequest");
export const Approved = z
  .object({ waived: z.array(z.string()), decision: Outcome, waiting: z.array(z.string()), ticket: Ticket.nullable() })
  .openapi("Approved");

export const StandingRequest = z.strictObject({ effect: z.enum(["revoke", "suspend", "reinstate"]), reason: ReasonGiven }).openapi("StandingRequest");
export const AliasRequest = z.strictObject({ alias: z.string().min(1).max(200) }).openapi("AliasRequest");

/** What waits for a person, the oldest first. */
export const Pending = ArtifactSummary.extend({
  submitter: Erasable,
  waiting: z.array(z.object({ policy: z.string(), role: z.string(), text: Erasable })),
  /** Whether policy lets who asks approve it; why not, where it does not. */
  mayApprove: z.boolean(),
  whyNot: z.string().nullable(),
}).openapi("Pending");
export const PendingPage = pageOf(Pending).openapi("PendingPage");
