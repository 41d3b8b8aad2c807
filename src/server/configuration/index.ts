export { isLoopback, proxyTrust } from "./addresses.ts";
export { type Configuration, loadConfiguration } from "./load.ts";
export type { LogLevel } from "./schema.ts";
export { SECTIONS, SETTINGS, type Setting } from "./settings.ts";
