import { existsSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import { loadPolicySet, type PolicySet } from "../policy/policy-set.ts";
import { defaultDataDirectory, defaultStateDirectory, openRegistry, type Registry, SYSTEM } from "../registry/index.ts";

export interface DataOption {
  readonly data?: string;
}

export interface RegistryAt {
  readonly registry: Registry;
  readonly directory: string;
}

/** The data directory by flag, environment, or the platform's place for it. */
export function dataDirectory({ data }: DataOption): string {
  return resolve(data ?? (process.env.WEIGHBRIDGE_DATA || defaultDataDirectory(platform())));
}

/** Where the last signed checkpoint is kept, apart from the data. */
export function stateDirectory(): string {
  return defaultStateDirectory(platform());
}

/** Opens the installation, uses it, and closes it again whatever happens. */
export async function withRegistry<T>(option: DataOption, use: (at: RegistryAt) => Promise<T>, rebuild = false): Promise<T> {
  const directory = dataDirectory(option);
  const registry = await openRegistry(directory, { surroundings: SYSTEM, stateFolder: stateDirectory(), rebuild });
  try {
    return await use({ registry, directory });
  } finally {
    await registry.close();
  }
}

/** The policies in DATA/policies, or those that ship with Weighbridge. */
export function policiesOf(directory: string): PolicySet {
  const own = join(directory, "policies");
  return loadPolicySet(existsSync(own) ? own : undefined);
}

/** Who runs this, as the operating system knows them. Goes into an erasable blob. */
export function localPrincipal(): string {
  return `os:${userInfo().username}`;
}

function platform() {
  return { platform: process.platform, env: process.env, home: homedir() };
}
