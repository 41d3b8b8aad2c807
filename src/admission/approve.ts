import { type Digest, hexOf } from "../digest.ts";
import type { Json } from "../json.ts";
import type { Context } from "../policy/context.ts";
import type { Decision } from "../policy/decision.ts";
import { type Recorded, type Shown, wordsOf } from "../registry/index.ts";
import type { Bridge } from "./admit.ts";
import { decide, toldOf } from "./decide.ts";
import { AdmissionError } from "./errors.ts";

export interface ApproveOptions {
  readonly artifact: Digest;
  readonly reason: string;
  readonly principal: string;
  /** RFC 3339. */
  readonly expires: string;
  /** Policies to waive; without it, all that the decision waits for. */
  readonly policies?: readonly string[];
}

export interface Approved {
  readonly waived: readonly string[];
  readonly decision: Decision;
  readonly recorded: Recorded;
}

/**
 * Waives policies for an artifact on hold and decides again, on the evidence that the approver saw. A waiver names artifact, policy and context:
 * new findings make another context, and the artifact waits again. Throws AdmissionError, RegistryError, LogError.
 */
export async function approveHeld(bridge: Bridge, options: ApproveOptions): Promise<Approved> {
  const { registry } = bridge;
  const { artifact, reason, principal, expires } = options;
  const [held, manifest, shown] = await Promise.all([registry.heldDecision(artifact), registry.manifest(artifact), registry.show(artifact)]);
  if (held === null) throw notOnHold(shown);
  const taken = shown.standingChanges.at(-1)?.effect;
  if (taken === "revoke" || taken === "suspend")
    throw new AdmissionError(
      "WB_ADMISSION_STANDING_TAKEN",
      `${artifact} was ${taken === "revoke" ? "revoked" : "suspended"}: no approval lets it in`,
      {
        hint: `Give its standing back first: weighbridge registry reinstate ${shortOf(artifact)} --reason TEXT.`,
      },
    );
  const idle = options.policies?.find((policy) => held.waiting.every((item) => item.policy !== policy));
  if (idle !== undefined)
    throw new AdmissionError("WB_ADMISSION_NOT_WAITING", `${artifact} does not wait for a waiver of ${idle}`, {
      hint:
        held.waiting.length === 0 ? "It waits for none: admit it again." : `It waits for: ${held.waiting.map(({ policy }) => policy).join(", ")}.`,
    });
  const evidence = (await Promise.all(shown.evidence.map(({ digest }) => registry.statement(digest)))).filter((statement) => statement !== null);
  if (manifest === null || held.contextValue === null || evidence.length < shown.evidence.length)
    throw new AdmissionError("WB_ADMISSION_NO_EVIDENCE", `the evidence about ${artifact} was erased or is damaged`, {
      hint: "Admit the model again.",
    });

  const waived = held.waiting.filter(({ policy }) => options.policies === undefined || options.policies.includes(policy));
  for (const { policy, role } of waived) await registry.approve({ artifact, policy, role, expires, reason, principal });
  const context = held.contextValue as unknown as Context; // its digest was checked: it is a context that we wrote
  const waivers = await registry.waiversFor(artifact, held.context);
  const decision = decide(bridge.policies, { principal: "local", context, waivers, now: bridge.now().toISOString() });
  await registry.recordPolicySet({ digest: bridge.policies.digest, text: bridge.policies.text, principal });
  const name = wordsOf(shown.name) ?? artifact;
  const recorded = await registry.recordAdmission({
    artifact: { digest: artifact, omsRoot: shown.omsRoot, manifest },
    decision,
    context: held.contextValue as Json,
    evidence,
    name,
    principal,
  });
  return { waived: waived.map(({ policy }) => policy), decision: toldOf(decision, recorded), recorded };
}

function notOnHold({ artifact, decision }: Pick<Shown, "artifact" | "decision">): AdmissionError {
  return new AdmissionError("WB_ADMISSION_NOT_ON_HOLD", `${artifact} is not on hold: its decision is ${decision}`, {
    hint: decision === "allow" ? "It needs no approval." : `Nobody can waive a denial; see why: weighbridge registry show ${shortOf(artifact)}.`,
  });
}

/** Enough of a digest to name it to the command line. */
function shortOf(artifact: Digest): string {
  return hexOf(artifact).slice(0, 12);
}
