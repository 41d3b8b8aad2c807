import { openTokenBudgets } from "../gateway/budgets/index.ts";
import { DeploymentTable, type GatewayParts, PolicyJudge, requestRates } from "../gateway/index.ts";
import type { Closing } from "./closing.ts";
import type { Configuration } from "./configuration/index.ts";
import type { ServerParts } from "./parts.ts";

/** What the gateway works on: the tokens, deployments, policies, limits and the audit log of this installation. */
export async function gatewayPartsOf(
  { directory, registry, tokens, audit, accessPolicies, surroundings }: ServerParts,
  { gateway }: Configuration,
  closing: Closing,
  report: (error: unknown) => void,
): Promise<GatewayParts> {
  const now = () => surroundings.now();
  const deployments = closing.add(await DeploymentTable.open(registry, { now, report }));
  const judge = new PolicyJudge({ policies: () => accessPolicies, now });
  deployments.onChange(() => judge.forget());
  return {
    authenticate: (bearer) => tokens.authenticate(bearer),
    deployments,
    judge,
    rates: requestRates({ requestsPerMinute: gateway.requestsPerMinute ?? Number.MAX_SAFE_INTEGER }),
    budgets: closing.add(openTokenBudgets(directory, { now, ...budgetsOf(gateway) })),
    audit,
    now,
  };
}

function budgetsOf({ tokensPerDay: { perPrincipal, installation } }: Configuration["gateway"]) {
  return {
    ...(perPrincipal === null ? {} : { tokensPerDay: perPrincipal }),
    ...(installation === null ? {} : { installationTokensPerDay: installation }),
  };
}
