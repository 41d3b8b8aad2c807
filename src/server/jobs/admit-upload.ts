import { admit } from "../../admission/admit.ts";
import type { MeasureProgress } from "../../artifact/measure.ts";
import type { Digest } from "../../digest.ts";
import type { PolicySet } from "../../policy/policy-set.ts";
import type { Registry, Surroundings } from "../../registry/index.ts";
import { ArtifactExaminer } from "../../scan/examine-artifact.ts";
import type { JobRow } from "../../state/tables.ts";
import type { Upload } from "../uploads/index.ts";
import { type JobResult, resultOf } from "./job-result.ts";

export interface AdmitUploadParts {
  readonly registry: Registry;
  readonly policies: PolicySet;
  readonly surroundings: Surroundings;
  readonly threads?: number | undefined;
}

export interface AdmitUploadOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: MeasureProgress) => void;
}

/** Admits what was uploaded, under the upload's name and for the principal who submitted it. Its threads live as long as the job. Throws what `admit` throws. */
export async function admitUpload(job: JobRow, upload: Upload, parts: AdmitUploadParts, options: AdmitUploadOptions): Promise<JobResult> {
  const { registry, policies, surroundings, threads } = parts;
  const examiner = new ArtifactExaminer({ jobs: threads });
  try {
    const bridge = { registry, policies, now: () => surroundings.now() };
    const expect = job.expect === null ? {} : { expect: job.expect as Digest }; // checked when it was submitted
    return resultOf(await admit(upload.tree, examiner, bridge, { ...options, ...expect, name: upload.name, principal: job.principal }));
  } finally {
    await examiner.close();
  }
}
