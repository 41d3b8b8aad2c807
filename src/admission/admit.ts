import type { Digest } from "../digest.ts";
import { InterruptedError } from "../errors.ts";
import { examinationStatement } from "../evidence/examination.ts";
import type { Json } from "../json.ts";
import { contextDigest } from "../policy/context.ts";
import type { Decision } from "../policy/decision.ts";
import type { PolicySet } from "../policy/policy-set.ts";
import type { Recorded, Registry } from "../registry/index.ts";
import type { Examination } from "../scan/examination.ts";
import type { ArtifactExaminer, ExamineOptions } from "../scan/examine-artifact.ts";
import { contextOfExamination } from "./context.ts";
import { AdmissionError } from "./errors.ts";

/** The stages behind the examination. */
export interface Bridge {
  readonly policies: PolicySet;
  readonly registry: Registry;
  readonly now: () => Date;
}

export interface AdmitOptions extends ExamineOptions {
  /** Who runs the admission: kept where it can be erased. */
  readonly principal: string;
  /** A digest that is known to be good: other bytes are refused before anything is decided. */
  readonly expect?: Digest;
  /** What the artifact is called in the registry; default: the source as it was given. */
  readonly name?: string;
}

export interface Admitted {
  readonly examination: Examination;
  /** As it is told: *deny* where the standing was taken, though policy would allow it. */
  readonly decision: Decision;
  readonly recorded: Recorded;
}

/**
 * Takes one artifact over the bridge: examine, project, decide, sign and log. Resolves when the decision is durable. The stages behind the examination
 * may still be opening while it runs.
 * Throws ArtifactError, AdmissionError WB_ADMISSION_UNEXPECTED, InterruptedError (then nothing was decided), RegistryError, LogError.
 */
export async function admit(source: string, examiner: ArtifactExaminer, opening: Bridge | Promise<Bridge>, options: AdmitOptions): Promise<Admitted> {
  // The examination begins first. Cedar is loaded while it runs: compiling it takes as long as hashing a hundred megabytes.
  const [examination, bridge, { decide, toldOf }] = await Promise.all([examiner.examine(source, options), opening, import("./decide.ts")]);
  const { artifact, coverage } = examination;
  if (options.expect !== undefined && options.expect !== artifact.digest)
    throw new AdmissionError("WB_ADMISSION_UNEXPECTED", `${source} is ${artifact.digest}, expected was ${options.expect}`, {
      hint: "These are other bytes than the known good ones: find out where they come from.",
    });
  if (coverage.status === "interrupted")
    throw new InterruptedError(
      `the examination was interrupted: ${coverage.unexamined.at(0)?.why ?? "unknown"}`,
      "Nothing was decided; run it again.",
    );
  const context = contextOfExamination(examination);
  const waivers = await bridge.registry.waiversFor(artifact.digest, contextDigest(context));
  const decision = decide(bridge.policies, { principal: "local", context, waivers, now: bridge.now().toISOString() });
  options.signal?.throwIfAborted(); // from here on it is decided
  await bridge.registry.recordPolicySet({ digest: bridge.policies.digest, text: bridge.policies.text, principal: options.principal });
  const recorded = await bridge.registry.recordAdmission({
    artifact,
    decision,
    context: context as unknown as Json, // plain data of the shape of `weighbridge.context/1`
    evidence: [examinationStatement(examination)],
    name: options.name ?? source,
    principal: options.principal,
  });
  return { examination, decision: toldOf(decision, recorded), recorded };
}
