import { existsSync, lstatSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Bridge } from "../admission/admit.ts";
import { UsageError } from "../errors.ts";
import type { PolicySet } from "../policy/policy-set.ts";
import { defaultDataDirectory, defaultStateDirectory } from "../registry/data-directory.ts";
import type { Registry, RegistryReader } from "../registry/index.ts";
import type { ExitCode } from "./exit.ts";

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
  const at = await openInstallation(option, rebuild);
  try {
    return await use(at);
  } finally {
    await at.registry.close();
  }
}

export async function openInstallation(option: DataOption, rebuild = false): Promise<RegistryAt> {
  const { openRegistry, SYSTEM } = await import("../registry/index.ts");
  const directory = dataDirectory(option);
  return { registry: await openRegistry(directory, { surroundings: SYSTEM, stateFolder: stateDirectory(), rebuild }), directory };
}

/** Opens an installation that is there, asks it, and closes it. Nothing is changed or founded: a misspelt --data would make keys there. */
export async function withReader<T>(option: DataOption, use: (registry: RegistryReader) => Promise<T>): Promise<T> {
  expectInstallation(option);
  const { openReader, SYSTEM } = await import("../registry/index.ts");
  const registry = openReader(dataDirectory(option), { surroundings: SYSTEM, stateFolder: stateDirectory() });
  try {
    return await use(registry);
  } finally {
    await registry.close();
  }
}

/** All that an admission needs behind the examination. Opens while the examination runs; `close` waits for the opening. */
export function openBridge(option: DataOption): { readonly bridge: Promise<Bridge>; close(): Promise<void> } {
  const bridge = (async () => {
    await setImmediate(); // loading modules holds this thread: an examination that is asked for in the same breath starts its own threads first
    const { registry, directory } = await openInstallation(option);
    try {
      return { registry, policies: await policiesOf(directory), now: () => new Date() };
    } catch (error) {
      await registry.close();
      throw error;
    }
  })();
  bridge.catch(() => {}); // whoever awaits it is told; without this an early failure of the examination would leave it unheard
  return { bridge, close: () => bridge.then(({ registry }) => registry.close()).catch(() => {}) };
}

/** The policies that decide. */
export async function policiesOf(directory: string): Promise<PolicySet> {
  const { loadPolicySet } = await import("../policy/policy-set.ts");
  return loadPolicySet(await policyFolder(directory));
}

/** DATA/policies where it is there, else the policies that ship with Weighbridge. A link there that leads nowhere is no reason to take the latter. */
export async function policyFolder(directory: string): Promise<string> {
  const own = join(directory, "policies");
  if (lstatSync(own, { throwIfNoEntry: false }) !== undefined) return own;
  const { DEFAULT_POLICIES } = await import("../policy/policy-set.ts");
  return DEFAULT_POLICIES;
}

/** Who runs this, as the operating system knows them. Goes into an erasable blob. */
export function localPrincipal(): string {
  try {
    return `local:${userInfo().username}`;
  } catch {
    return `local:uid-${process.getuid?.() ?? "unknown"}`; // a container runs under any number, and no name belongs to it
  }
}

/** For acts on what an installation has. Throws UsageError. */
export function withExisting(options: DataOption, use: (at: RegistryAt) => Promise<ExitCode>): Promise<ExitCode> {
  expectInstallation(options);
  return withRegistry<ExitCode>(options, use);
}

/** For commands that read: they must not found an installation. Throws UsageError. */
export function expectInstallation(options: DataOption): void {
  const directory = dataDirectory(options);
  if (!existsSync(join(directory, "log"))) throw new UsageError(`${directory} holds no installation`, "Admit a model first, or give --data DIR.");
}

function platform() {
  return { platform: process.platform, env: process.env, home: homedir() };
}
