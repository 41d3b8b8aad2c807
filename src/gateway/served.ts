import type { DataClass, Principal } from "../access/principal.ts";
import type { Deployment, Standing } from "../registry/index.ts";
import type { ClientErrorCode } from "./client-errors.ts";
import type { DeploymentNow, Deployments, InferenceJudge } from "./parts.ts";
import { type Refusal, refusal } from "./refusal.ts";

export type Found =
  | { readonly deployment: Deployment; readonly refusal: null }
  | { readonly deployment: Deployment | null; readonly refusal: Refusal };

/** The deployment of a name, if this principal may know of it and its ticket counts at this moment. */
export function deploymentFor(deployments: Deployments, principal: Principal, name: string): Found {
  const found = isNamed(principal, name) ? deployments.find(name) : null;
  if (found === null) return { deployment: null, refusal: notFound(name) };
  const { deployment, standing, why } = found;
  if (standing === "good") return { deployment, refusal: null };
  const more = { standing, artifact: deployment.artifact };
  return { deployment, refusal: refusal(STANDING_CODES[standing], `${name} is not served: ${why}`, { param: "model", more }) };
}

const STANDING_CODES: Readonly<Record<Exclude<Standing, "good">, ClientErrorCode>> = {
  revoked: "model_revoked",
  expired: "model_expired",
  suspended: "model_suspended",
  unknown: "model_standing_unknown",
  stale: "model_standing_unknown",
};

function notFound(name: string): Refusal {
  const shown = JSON.stringify(name.slice(0, 128));
  return refusal("model_not_found", `the model ${shown} does not exist, or this token may not use it`, { param: "model" });
}

/** Names that a token does not list are to it as if they were not there. */
function isNamed({ deployments }: Principal, name: string): boolean {
  return deployments === null || deployments.includes(name);
}

/** What `GET /v1/models` shows: only what a call of this principal would reach now. */
export function modelsFor(deployments: Deployments, judge: InferenceJudge, principal: Principal, dataClass: DataClass): readonly DeploymentNow[] {
  return deployments.list().filter(({ deployment, standing }) => {
    if (standing !== "good" || !isNamed(principal, deployment.name)) return false;
    return judge.decide(principal, deployment, dataClass).decision.outcome === "allow";
  });
}

/** As OpenAI's API describes a model; what Weighbridge knows is beside it. */
export function modelObject({ name, at, artifact, level }: Deployment): object {
  const created = Math.floor(Date.parse(at) / 1000);
  return { id: name, object: "model", created, owned_by: "weighbridge", weighbridge: { artifact, level } };
}

/** The body of an answer about models: one, or all that there are for this principal. */
export function modelsBody(found: readonly DeploymentNow[], name: string | null): string | Refusal {
  if (name === null) return JSON.stringify({ object: "list", data: found.map(({ deployment }) => modelObject(deployment)) });
  const one = found.find(({ deployment }) => deployment.name === name);
  return one === undefined ? notFound(name) : JSON.stringify(modelObject(one.deployment));
}
