import type { Deployments } from "../gateway/index.ts";
import type { ServerParts } from "./parts.ts";
import type { Metrics } from "./telemetry/index.ts";

/** Measures how long after a revocation the gateway knows of it, for everything that is deployed. */
export function measureRevocations(
  deployments: Deployments,
  { registry, surroundings }: Pick<ServerParts, "registry" | "surroundings">,
  metrics: Pick<Metrics, "revocationTookEffect">,
): void {
  const revoked = () => new Set(deployments.list().flatMap(({ deployment, standing }) => (standing === "revoked" ? [deployment.artifact] : [])));
  let known = revoked();
  deployments.onChange(() => {
    const now = surroundings.now().getTime();
    const before = known;
    known = revoked();
    for (const artifact of known.difference(before))
      void registry
        .show(artifact)
        .then(({ standingChanges }) => metrics.revocationTookEffect(Math.max(0, now - Date.parse(standingChanges.at(-1)?.at ?? ""))))
        .catch(() => {}); // a figure is missing, and nothing else
  });
}
