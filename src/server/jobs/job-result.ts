import type { Admitted } from "../../admission/admit.ts";
import { type Digest, digestOf } from "../../digest.ts";
import { WeighbridgeError } from "../../errors.ts";
import { examinationStatement } from "../../evidence/examination.ts";
import { statementBytes } from "../../evidence/statement.ts";
import type { Decision } from "../../policy/decision.ts";
import type { Recorded } from "../../registry/index.ts";

/** What became of an admission in the registry. As `Recorded`, without the file that the ticket has on this machine. */
type Outcome =
  | { readonly kind: "ticketed" | "already-ticketed"; readonly ticket: TicketFacts }
  | Exclude<Recorded, { readonly kind: "ticketed" | "already-ticketed" }>;

interface TicketFacts {
  readonly origin: string;
  readonly leaf: string;
  readonly index: number;
  readonly notAfter: string;
}

/** What is kept of a job that was done. What was found lies in the registry, under `evidence`. */
export interface JobResult {
  readonly artifact: Digest;
  readonly decision: Decision;
  readonly recorded: Outcome;
  readonly evidence: Digest;
}

export function resultOf({ examination, decision, recorded }: Admitted): JobResult {
  return {
    artifact: examination.artifact.digest,
    decision,
    recorded:
      recorded.kind === "ticketed" || recorded.kind === "already-ticketed" ? { kind: recorded.kind, ticket: factsOf(recorded.ticket) } : recorded,
    evidence: digestOf(statementBytes(examinationStatement(examination))),
  };
}

function factsOf({ origin, leaf, index, notAfter }: TicketFacts): TicketFacts {
  return { origin, leaf, index, notAfter };
}

export interface JobFailure {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** What whoever submitted is told. The upload's place on this machine is told to nobody, and neither is a fault of ours. */
export function failureOf(error: unknown, upload: { readonly tree: string; readonly name: string }): JobFailure {
  if (error instanceof WeighbridgeError)
    return { code: error.code, message: error.message.replaceAll(upload.tree, upload.name), hint: error.hint.replaceAll(upload.tree, upload.name) };
  return { code: "WB_JOB_FAULT", message: "the examination failed unexpectedly", hint: "Tell whoever runs the server: its log says more." };
}
