import { standingOf } from "../registry/index.ts";
import type { Jobs } from "./jobs/index.ts";
import type { ServerParts } from "./parts.ts";
import type { Readings } from "./telemetry/index.ts";

interface Read extends Pick<ServerParts, "registry" | "surroundings"> {
  readonly jobs: Pick<Jobs, "counts">;
  /** Counts of the gateway; undefined until it runs. */
  readonly gateway: () => { readonly unauthenticated: number; readonly inFlight: number } | undefined;
}

/** What the metrics ask each time that somebody collects them. */
export function readingsOf({ registry, surroundings, jobs, gateway }: Read): Readings {
  return {
    artifacts: async () => ({ ...(await registry.catalogue().counts()).byDecision }),
    jobs: () => jobs.counts(),
    deployments: async () => {
      const now = surroundings.now().toISOString();
      const standings = (await registry.deployments()).map(({ record }) => standingOf(record, now).standing);
      return Object.fromEntries([...Map.groupBy(standings, (standing) => standing)].map(([standing, list]) => [standing, list.length]));
    },
    logEntries: async () => (await registry.checkpoint()).size,
    callsInFlight: () => gateway()?.inFlight ?? 0,
    unauthenticated: () => gateway()?.unauthenticated ?? 0,
  };
}
