import type { Json } from "../json.ts";
import type { Examination } from "../scan/examination.ts";
import { PREDICATE } from "./predicate-types.ts";
import type { Statement } from "./statement.ts";

/**
 * What examining the files of an artifact showed, as evidence. No time, host or duration: the same bytes and rules give the same statement.
 * The manifest is left out: the subject's digest is its digest.
 */
export function examinationStatement({ tool, artifact, formats, findings, coverage }: Examination): Statement {
  const predicate = { tool, omsRoot: artifact.omsRoot, formats, findings, coverage };
  return { subject: artifact.digest, predicateType: PREDICATE.examination, predicate: predicate as unknown as Json }; // all of it is JSON by its types
}
