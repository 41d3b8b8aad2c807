import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { digestOf } from "../digest.ts";
import { type Context, contextOf } from "./context.ts";
import { decideAdmission } from "./decide.ts";
import type { Decision } from "./decision.ts";
import { PolicyError } from "./errors.ts";
import { type PolicySet, policySetOf } from "./policy-set.ts";

const counts = z
  .object({ critical: z.int().min(0), high: z.int().min(0), medium: z.int().min(0), low: z.int().min(0), info: z.int().min(0) })
  .partial();

/** One case of a `*.cases.yaml` file: what differs from a clean model, the waivers that are there, and what is to be decided. */
const Case = z.strictObject({
  name: z.string().min(1),
  artifact: z
    .strictObject({ files: z.int(), sizeBytes: z.int(), formats: z.array(z.string()) })
    .partial()
    .optional(),
  scan: z
    .strictObject({
      status: z.enum(["present", "absent", "failed", "stale"]),
      worst: z.enum(["none", "info", "low", "medium", "high", "critical"]),
      counts,
      rules: z.array(z.string()),
      coverage: z.enum(["complete", "incomplete", "interrupted"]),
      unexamined: z.int().min(0),
    })
    .partial()
    .optional(),
  waived: z.array(z.string()).default([]),
  expect: z.strictObject({ outcome: z.enum(["allow", "deny", "hold"]), policies: z.array(z.string()) }),
});
const Cases = z.array(Case).min(1);
export type PolicyCase = z.infer<typeof Case>;

/** Reads the `*.cases.yaml` files beside the policies of a folder. */
export function loadCases(folder: string): readonly PolicyCase[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith(".cases.yaml"))
    .sort();
  if (names.length === 0)
    throw new PolicyError("WB_POLICY_CASES", `${folder} holds no *.cases.yaml`, {
      hint: "Write cases beside the policies; docs/how-to/policies.md shows how.",
    });
  return names.flatMap((name) => {
    const parsed = Cases.safeParse(readYaml(folder, name));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new PolicyError("WB_POLICY_CASES", `${join(folder, name)}, case ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not a case"}`, {
      hint: "Cases are counted from 0; their form is in docs/how-to/policies.md.",
    });
  });
}

function readYaml(folder: string, name: string): unknown {
  try {
    return parseYaml(readFileSync(join(folder, name), "utf8"));
  } catch (cause) {
    const [why] = cause instanceof Error ? cause.message.split("\n") : [];
    throw new PolicyError("WB_POLICY_CASES", `${join(folder, name)}: ${why ?? "cannot be read"}`, {
      hint: "Write a YAML list of cases as in docs/how-to/policies.md.",
      cause,
    });
  }
}

export interface CaseResult {
  readonly name: string;
  readonly passed: boolean;
  readonly got: Decision;
}

export function runCases(set: PolicySet, cases: readonly PolicyCase[]): readonly CaseResult[] {
  return cases.map((test) => {
    const got = decide(set, test);
    const policies = got.reasons.map((reason) => reason.policy).sort();
    const passed = got.outcome === test.expect.outcome && JSON.stringify(policies) === JSON.stringify([...test.expect.policies].sort());
    return { name: test.name, passed, got };
  });
}

/** What the cases do not show: a policy that is never seen firing, or never seen silent, or could be deleted with no case failing. */
export function gapsOf(set: PolicySet, cases: readonly PolicyCase[]): readonly string[] {
  const results = runCases(set, cases);
  return [...set.policies.values()].flatMap(({ id }) => {
    const fired = results.filter(({ got }) => got.reasons.some((reason) => reason.policy === id)).length;
    const rest = [...set.policies.values()].filter((policy) => policy.id !== id);
    const noticed = rest.length === 0 || runCases(policySetOf(rest), cases).some(({ passed }) => !passed);
    return [
      ...(fired === 0 ? [`${id} is never seen firing`] : []),
      ...(fired === results.length ? [`${id} is never seen silent`] : []),
      ...(noticed ? [] : [`${id} can be deleted and no case fails`]),
    ];
  });
}

function decide(set: PolicySet, test: PolicyCase): Decision {
  const context = contextOfCase(test);
  const waivers = test.waived.map((policy) => ({
    id: `case:${policy}`,
    policy,
    role: set.policies.get(policy)?.waivableBy ?? "",
    expires: "9999-01-01T00:00:00Z",
  }));
  return decideAdmission(set, { principal: "case", context, waivers, now: "2026-01-01T00:00:00Z" });
}

/** A clean model of three files, with what the case changes. */
function contextOfCase(test: PolicyCase): Context {
  const clean = contextOf(
    { digest: digestOf("case"), files: 3, sizeBytes: 1_000_000, formats: ["json", "safetensors", "text"] },
    { findings: [], coverage: { status: "complete", unexamined: [] } },
  );
  return {
    ...clean,
    artifact: { ...clean.artifact, ...definedOf(test.artifact) },
    scan: { ...clean.scan, ...definedOf(test.scan), counts: { ...clean.scan.counts, ...definedOf(test.scan?.counts) } },
  };
}

/** Leaves out members that are undefined, which `exactOptionalPropertyTypes` tells apart from absent ones. */
function definedOf<T extends object>(value: T | undefined): { [K in keyof T]: Exclude<T[K], undefined> } | undefined {
  if (value === undefined) return undefined;
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> }; // entries of T without the undefined ones
}
