import type { z } from "zod";
import type { Admitted } from "../../admission/admit.ts";
import type { Artifact } from "../../artifact/artifact.ts";
import type { Digest } from "../../digest.ts";
import { parseExamination } from "../../evidence/examination.ts";
import { PREDICATE } from "../../evidence/predicate-types.ts";
import type { Json } from "../../json.ts";
import type { Reason } from "../../policy/decision.ts";
import type { Examination } from "../../scan/examination.ts";
import type { Admission } from "../../server/api/schema/admission.ts";
import type { ServerClient } from "./client.ts";
import { RemoteError } from "./errors.ts";

type Answer = z.infer<typeof Admission>;

/** An admission that a server made, as if it had been made here of an artifact that was measured here. Throws RemoteError, RefusedError. */
export async function admittedBy(client: ServerClient, artifact: Artifact, answer: Answer): Promise<Admitted> {
  if (answer.artifact !== artifact.digest)
    throw new RemoteError("WB_REMOTE_CHANGED", `the server examined ${answer.artifact}, and here is ${artifact.digest}`, { hint: CHANGED_HINT });
  const examination = examinationIn(answer, artifact);
  if (examination === null)
    throw new RemoteError("WB_REMOTE_ANSWER", `what the server found in ${artifact.digest} was erased there, or is damaged`, {
      hint: "Run the same command again: it is examined again.",
    });
  const { outcome, reasons, context, policySet, evaluatedAt } = answer.decision;
  return {
    examination,
    decision: { outcome, reasons: reasons.map(reasonIn), context: context as Digest, policySet: policySet as Digest, evaluatedAt }, // the schema has their form
    recorded: await recordIn(client, answer.recorded, artifact.digest),
  };
}

export const CHANGED_HINT = "The bytes changed on the way, or while they were measured: run the same command again.";

/** What a server found; null where it was erased there. Throws RemoteError WB_REMOTE_ANSWER. */
export function examinationIn({ examination }: Pick<Answer, "examination">, artifact: Artifact): Examination | null {
  if (examination === null || examination === undefined) return null;
  const statement = { subject: artifact.digest, predicateType: PREDICATE.examination, predicate: examination as Json }; // it was read from JSON
  const read = parseExamination(statement, artifact);
  if (read.kind === "parsed") return read.value;
  throw new RemoteError("WB_REMOTE_ANSWER", `the examination that the server tells of is none: ${read.why}`, {
    hint: "Check that both sides have the same version.",
  });
}

function reasonIn({ policy, effect, text, waiver }: Answer["decision"]["reasons"][number]): Reason {
  return { policy, effect, text: text ?? "(erased)", ...(waiver === undefined ? {} : { waiver: waiverIn(waiver) }) };
}

function waiverIn({ role, satisfiedBy, expires }: NonNullable<Answer["decision"]["reasons"][number]["waiver"]>): NonNullable<Reason["waiver"]> {
  return { role, ...(satisfiedBy === undefined ? {} : { satisfiedBy }), ...(expires === undefined ? {} : { expires }) };
}

async function recordIn(client: ServerClient, recorded: Answer["recorded"], artifact: Digest): Promise<Admitted["recorded"]> {
  if (!("ticket" in recorded)) return recorded;
  const path = `/artifacts/${artifact}/ticket`;
  const bytes = await client.document(path);
  if (bytes === null)
    throw new RemoteError("WB_REMOTE_ANSWER", `the server says that ${artifact} has a ticket, and has none`, { hint: "Ask whoever runs it." });
  return { kind: recorded.kind, ticket: { ...recorded.ticket, artifact, file: client.urlOf(path), bytes } };
}
