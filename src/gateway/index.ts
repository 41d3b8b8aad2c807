export { type DeploymentSource, DeploymentTable } from "./deployment-table.ts";
export { GatewayError, type GatewayErrorCode } from "./errors.ts";
export { type Gateway, startGateway } from "./gateway.ts";
export { PolicyJudge } from "./judge.ts";
export { type GatewayOptions, type GatewayTimeouts, LOOPBACK_NAMES } from "./options.ts";
export type { Deployments, GatewayParts } from "./parts.ts";
export { requestRates } from "./rates.ts";
export { type Lookup, resolveUpstream } from "./upstream-address.ts";
