import { type Gateway, startGateway } from "../gateway/index.ts";
import type { Closing } from "./closing.ts";
import type { Configuration } from "./configuration/index.ts";
import { gatewayOptionsOf, type Tls } from "./gateway-options.ts";
import { gatewayPartsOf } from "./gateway-parts.ts";
import type { ServerParts } from "./parts.ts";
import { measureRevocations } from "./revocation-lag.ts";
import { type Logger, type Metrics, observeCalls, openTracing } from "./telemetry/index.ts";

export interface GatewaySurroundings {
  readonly configuration: Configuration;
  readonly tls: Tls | null;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Takes what was opened. */
  readonly closing: Closing;
  /** Yields what is told of each error of a kind. */
  readonly report: (what: string) => (error: unknown) => void;
}

/** Serves what is deployed, with each call measured, traced and logged. */
export async function openGateway(parts: ServerParts, surroundings: GatewaySurroundings): Promise<Gateway> {
  const { configuration, tls, metrics, logger, closing, report } = surroundings;
  const tracing = closing.add(await openTracing({ endpoint: configuration.telemetry.otlpEndpoint, report: report("traces cannot be sent") }));
  const observer = observeCalls({ metrics, tracing, logger, clock: () => performance.now() });
  const gatewayParts = await gatewayPartsOf(parts, configuration, closing, report("what is deployed cannot be read"));
  measureRevocations(gatewayParts.deployments, parts, metrics);
  const options = gatewayOptionsOf(configuration, tls, report("the gateway cannot do its work"));
  return closing.add(await startGateway({ ...gatewayParts, observer }, options));
}
