import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { type Digest, digestOf } from "../digest.ts";
import { canonicalJson } from "../json.ts";
import { PolicyError } from "./errors.ts";

/** One policy: a file `<id>.cedar` with one statement. */
export interface Policy {
  readonly id: string;
  readonly effect: "permit" | "forbid";
  /** The annotation `@text`: the reason that a person reads. */
  readonly text: string;
  /** The annotation `@waivable`: the role that may waive this forbid; null where nobody may. */
  readonly waivableBy: string | null;
  readonly source: string;
}

/** A strictly validated set of policies. */
export interface PolicySet {
  /** SHA-256 of `text`. */
  readonly digest: Digest;
  /** Schema and policies as canonical JSON: all that is needed to decide again. */
  readonly text: string;
  readonly policies: ReadonlyMap<string, Policy>;
  /** The Cedar schema that they were validated against, and the name under which Cedar has it parsed. */
  readonly schema: string;
  readonly schemaName: string;
}

const HERE = import.meta.dirname;
export const DEFAULT_POLICIES = join(HERE, "default");
export const DEFAULT_ACCESS_POLICIES = join(HERE, "access");

/** What a set decides: whether artifacts are let in, or who may do what. */
export type PolicyDomain = "weighbridge" | "access";
export const SCHEMAS: Readonly<Record<PolicyDomain, string>> = {
  weighbridge: readFileSync(join(HERE, "weighbridge.cedarschema"), "utf8"),
  access: readFileSync(join(HERE, "access.cedarschema"), "utf8"),
};
const ID = /^[a-z][a-z0-9-]{0,63}$/;

/** Reads all `*.cedar` files of a folder. Throws PolicyError with file and place when one does not parse or validate. */
export function loadPolicySet(folder: string = DEFAULT_POLICIES, domain: PolicyDomain = "weighbridge"): PolicySet {
  let names: string[];
  try {
    names = readdirSync(folder)
      .filter((name) => name.endsWith(".cedar"))
      .sort();
  } catch (cause) {
    throw new PolicyError("WB_POLICY_READ", `${folder} cannot be read (${codeOf(cause)})`, { hint: "Give a folder with .cedar files.", cause });
  }
  if (names.length === 0) throw new PolicyError("WB_POLICY_READ", `${folder} holds no .cedar file`, { hint: "Give a folder with .cedar files." });
  return policySetOf(
    names.map((name) => {
      const file = join(folder, name);
      return { id: name.slice(0, -".cedar".length), source: readPolicy(file), file };
    }),
    domain,
  );
}

function readPolicy(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new PolicyError("WB_POLICY_READ", `${file} cannot be read (${codeOf(cause)})`, {
      hint: "Nothing is decided with a part of the policies: mend it.",
      cause,
    });
  }
}

interface PolicySource {
  readonly id: string;
  readonly source: string;
  /** What errors name; default `<id>.cedar`. */
  readonly file?: string;
}

/** Parses and strictly validates policies against the schema, and makes them ready to decide. */
export function policySetOf(sources: readonly PolicySource[], domain: PolicyDomain = "weighbridge"): PolicySet {
  const schema = SCHEMAS[domain];
  const files = new Map(sources.map(({ id, file }) => [id, file ?? `${id}.cedar`]));
  const fileOf = (id: string) => files.get(id) ?? id;
  const policies = new Map(sources.map(({ id, source }) => [id, parsePolicy(id, source, fileOf(id))]));
  validate(schema, policies, fileOf);
  const texts = Object.fromEntries([...policies.values()].map(({ id, source }) => [id, source]));
  const text = canonicalJson({ schema, policies: texts });
  const digest = digestOf(text);
  expectSuccess(cedar.preparseSchema(domain, schema));
  expectSuccess(cedar.preparsePolicySet(digest, { staticPolicies: texts }));
  return { digest, text, policies, schema, schemaName: domain };
}

/** A policy that Cedar named. */
export function policyIn(set: PolicySet, id: string): Policy {
  const policy = set.policies.get(id);
  if (policy === undefined) throw new Error(`Cedar names a policy that is not in the set: ${id}`);
  return policy;
}

function parsePolicy(id: string, source: string, file: string): Policy {
  if (!ID.test(id)) throw new PolicyError("WB_POLICY_PARSE", `${file} is no policy name`, { hint: "Use lower-case letters, digits and hyphens." });
  const answer = cedar.policyToJson(source);
  if (answer.type === "failure") throw parseError(file, source, answer.errors);
  const { effect, annotations = {} } = answer.json;
  const text = annotations.text;
  const waivableBy = annotations.waivable ?? null;
  if (text === undefined || text === "")
    throw new PolicyError("WB_POLICY_PARSE", `${file} says no reason`, { hint: 'Add @text("…") above the policy.' });
  if (waivableBy === "") throw new PolicyError("WB_POLICY_PARSE", `${file} names no role in @waivable`, { hint: 'Write @waivable("approver").' });
  if (effect === "permit" && waivableBy !== null)
    throw new PolicyError("WB_POLICY_PARSE", `${file} is a permit and cannot be waived`, { hint: "Remove @waivable." });
  return { id, effect, text, waivableBy, source };
}

function parseError(file: string, source: string, errors: readonly cedar.DetailedError[]): PolicyError {
  const [first] = errors;
  const start = first?.sourceLocations?.[0]?.start;
  const line = start === undefined ? "" : `:${source.slice(0, start).split("\n").length}`;
  return new PolicyError("WB_POLICY_PARSE", `${file}${line}: ${first?.message ?? "does not parse"}`, {
    hint: first?.help ?? "Each file holds one Cedar policy.",
  });
}

function validate(schema: string, policies: ReadonlyMap<string, Policy>, fileOf: (id: string) => string): void {
  const answer = cedar.validate({
    validationSettings: { mode: "strict" },
    schema,
    policies: { staticPolicies: Object.fromEntries([...policies].map(([id, { source }]) => [id, source])) },
  });
  if (answer.type === "failure")
    throw new PolicyError("WB_POLICY_INVALID", answer.errors[0]?.message ?? "the policies do not validate", {
      hint: "What a policy sees is in docs/how-to/policies.md.",
    });
  const [first] = [...answer.validationErrors, ...answer.validationWarnings];
  if (first !== undefined)
    throw new PolicyError("WB_POLICY_INVALID", `${fileOf(first.policyId)}: ${first.error.message}`, {
      hint: first.error.help ?? "What a policy sees is in docs/how-to/policies.md.",
    });
}

function expectSuccess(answer: cedar.CheckParseAnswer): void {
  if (answer.type === "failure")
    throw new PolicyError("WB_POLICY_PARSE", answer.errors[0]?.message ?? "does not parse", { hint: "Run weighbridge policy check to see where." });
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";
}
