import type { Json } from "../json.ts";
import type { Examination } from "../scan/examination.ts";
import { PREDICATE } from "./predicate-types.ts";
import type { Statement } from "./statement.ts";

/**
 * What examining the files of an artifact showed, as evidence. No time, host or duration: the same bytes and rules give the same statement.
 * The manifest is left out: the subject's digest is its digest.
 */
export function examinationStatement({ artifact, ...rest }: Examination): Statement {
  const predicate = { omsRoot: artifact.omsRoot, ...rest };
  return { subject: artifact.digest, predicateType: PREDICATE.examination, predicate: predicate as unknown as Json }; // all of it is JSON by its types
}
