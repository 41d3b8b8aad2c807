import { join } from "node:path";
import { forTerminal } from "../escape.ts";
import { SYSTEM } from "../registry/index.ts";
import { type Configuration, loadConfiguration } from "../server/configuration/index.ts";
import { type RunningInstallation, startInstallation } from "../server/start.ts";
import type { ExitCode } from "./exit.ts";
import { type DataOption, dataDirectory, policyFolder, stateDirectory } from "./installation.ts";
import { localPerson } from "./local-access.ts";
import { signInLine } from "./sign-in-link.ts";

export interface ServeOptions extends DataOption {
  readonly config?: string;
}

/** Runs console, API and gateway until it is told to end. */
export async function serve(options: ServeOptions): Promise<ExitCode> {
  const running = await openServer(options);
  process.stdout.write(`${addressLines(running, options).join("\n")}\n`);
  await untilStopped(running);
  return 0;
}

/** Starts the server of an installation by its configuration. Throws ConfigurationError, ServerError. */
export async function openServer(options: ServeOptions): Promise<RunningInstallation> {
  const directory = dataDirectory(options);
  return startInstallation({
    directory,
    stateFolder: stateDirectory(),
    policyFolder: await policyFolder(directory),
    configuration: configurationOf(options),
    surroundings: SYSTEM,
    principal: localPerson().id,
  });
}

/** The configuration of an installation. Throws ConfigurationError. */
export function configurationOf(options: ServeOptions): Configuration {
  return loadConfiguration({
    file: { path: options.config ?? join(dataDirectory(options), "config.yaml"), required: options.config !== undefined },
    env: process.env,
    flags: { ...options },
  });
}

export function addressLines(running: RunningInstallation, options: DataOption): readonly string[] {
  return [
    `Console  ${forTerminal(running.console)}`,
    `API      ${forTerminal(running.console)}/api/openapi.json`,
    `Gateway  ${forTerminal(running.gateway)}/v1`,
    forTerminal(signInLine(running.signInLink(), dataDirectory(options), process.stdout.isTTY)),
  ];
}

/** Resolves when a signal came and all is closed. A second one ends the process at once. */
export function untilStopped(running: RunningInstallation): Promise<void> {
  return new Promise((resolve, reject) => {
    let isStopping = false;
    const stop = () => {
      if (isStopping) process.exit(2);
      isStopping = true;
      running.close().then(resolve, reject);
    };
    process.on("SIGINT", stop).on("SIGTERM", stop);
  });
}
