import { createRoute, type OpenAPIHono, type z } from "@hono/zod-openapi";
import { loadCases, runCases } from "../../../policy/cases.ts";
import { PolicyError } from "../../../policy/errors.ts";
import type { PolicySet as LoadedSet } from "../../../policy/policy-set.ts";
import type { Authorize, ServerEnv, ServerParts } from "../../parts.ts";
import { answers } from "../route.ts";
import { type PolicySet, PolicySets } from "../schema/settings.ts";

/** The policies that decide, and what their cases say of them. */
export function policyRoutes(app: OpenAPIHono<ServerEnv>, { policies, policyFolder, accessPolicies }: ServerParts, authorize: Authorize): void {
  app.openapi(createRoute({ method: "get", path: "/policies", responses: answers(PolicySets, "The policies in force.") }), (c) => {
    authorize(c.get("principal"), { action: "read" });
    return c.json({ items: [shown("admission", policies, casesOf(policies, policyFolder)), shown("access", accessPolicies, [])] }, 200);
  });
}

type Case = z.infer<typeof PolicySet>["cases"][number];

function shown(domain: "admission" | "access", { digest, policies }: LoadedSet, cases: readonly Case[]): z.infer<typeof PolicySet> {
  const list = [...policies.values()].map(({ id, effect, text, waivableBy, source }) => ({ id, effect, text, waivableBy, source }));
  return { domain, digest, policies: list, cases: [...cases] };
}

/** What `policy test` says. A folder without cases has none to show. */
function casesOf(set: LoadedSet, folder: string): readonly Case[] {
  try {
    return runCases(set, loadCases(folder)).map(({ name, passed, got }) => ({ name, passed, outcome: got.outcome }));
  } catch (error) {
    if (error instanceof PolicyError) return [];
    throw error;
  }
}
