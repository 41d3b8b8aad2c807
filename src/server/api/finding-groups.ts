import type { z } from "@hono/zod-openapi";
import type { Finding } from "../../finding.ts";
import { groupsOf } from "../../report/finding-groups.ts";
import type { FindingGroup } from "./schema/artifact.ts";

/** Places that one answer shows of one thing; `count` has them all. */
const MAX_PLACES = 200;

/** Findings as the reports group them: what says the same of several places stands together, the worst first. */
export function findingGroups(findings: readonly Finding[]): z.infer<typeof FindingGroup>[] {
  return groupsOf(findings.filter(({ rule }) => rule !== "not-examined")).map(({ first, findings: places }) => ({
    rule: first.rule,
    severity: first.severity,
    title: first.title,
    explanation: first.explanation,
    references: [...first.references],
    count: places.length,
    findings: places.slice(0, MAX_PLACES).map(({ where, title, explanation, proof, confidence }) => ({
      path: where.path,
      ...(where.offset === undefined ? {} : { offset: where.offset }),
      title,
      explanation,
      proof,
      ...(confidence === undefined ? {} : { confidence }),
    })),
  }));
}
