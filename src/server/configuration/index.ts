export { isLoopback, proxyTrust } from "./addresses.ts";
export { ConfigurationError, type ConfigurationErrorCode, type ConfigurationProblem } from "./errors.ts";
export { type Configuration, type ConfigurationSources, loadConfiguration } from "./load.ts";
export { LOG_LEVELS, type LogLevel } from "./schema.ts";
export type { Secret } from "./secret.ts";
export { SECTIONS, SETTINGS, type Section, type Setting } from "./settings.ts";
