import { existsSync } from "node:fs";
import { measureTree } from "../artifact/measure.ts";
import { surveyTree } from "../artifact/tree.ts";
import type { Digest } from "../digest.ts";
import { UsageError } from "../errors.ts";
import { forTerminal } from "../escape.ts";
import { systemLookup } from "../gateway/system-lookup.ts";
import { resolveUpstream } from "../gateway/upstream-address.ts";
import { type Deployment, type Registry, standingOf } from "../registry/index.ts";
import type { ExitCode } from "./exit.ts";
import { type DataOption, withExisting, withReader } from "./installation.ts";
import { jsonLine } from "./json-line.ts";
import { shortOf } from "./listed.ts";
import { localPerson } from "./local-access.ts";
import { reachableAddress } from "./reachable.ts";

export interface DeployOptions extends DataOption {
  readonly upstream?: string;
  readonly name?: string;
  readonly model?: string;
  readonly engine?: string;
  readonly engineVersion?: string;
  readonly list?: boolean;
  readonly withdraw?: string;
  readonly reason?: string;
  readonly json?: boolean;
}

/** Binds a model server to a ticket, so that the gateway serves it; lists what is bound; ends a binding. */
export function deployCommand(id: string | undefined, options: DeployOptions): Promise<ExitCode> {
  if (options.list === true) return listDeployments(options);
  if (options.withdraw !== undefined) return withdraw(options.withdraw, options);
  const { upstream, name } = options;
  if (id === undefined || upstream === undefined || name === undefined)
    throw new UsageError("deploy needs a ticket, --upstream and --name", "See weighbridge deploy --help.");
  if (options.engineVersion !== undefined && options.engine === undefined)
    throw new UsageError("--engine-version without --engine", "Name the engine, too.");
  return bind(id, { ...options, upstream, name });
}

function bind(id: string, options: DeployOptions & { readonly upstream: string; readonly name: string }): Promise<ExitCode> {
  const { upstream: url, name, model, engine, engineVersion } = options;
  return withExisting(options, async ({ registry }) => {
    const [artifact, addresses] = await Promise.all([artifactNamed(registry, id), resolveUpstream(url, { lookup: systemLookup })]);
    const deployment = await registry.deploy({
      artifact,
      name,
      upstream: { url, addresses, model: model ?? null },
      engine: engine === undefined ? null : { name: engine, version: engineVersion ?? null },
      principal: localPerson().id,
    });
    if (options.json === true) process.stdout.write(jsonLine(deploymentJson(deployment)));
    else process.stdout.write(`DEPLOYED  ${forTerminal(name)} is ${artifact}\n  ${upstreamText(deployment)}\n  ${DECLARED}\n  ${nextFor(name)}\n`);
    if (options.json !== true && (await reachableAddress(deployment.upstream)) === null)
      process.stdout.write("  Nothing takes a connection there now: until the model server runs, calls are answered with 502.\n");
    return 0;
  });
}

function nextFor(name: string): string {
  return `Next: npx weighbridge token create --name APPLICATION --deployment ${forTerminal(name)}`;
}

/** By its files, which are hashed, or by an id. */
async function artifactNamed(registry: Registry, id: string): Promise<Digest> {
  if (!existsSync(id)) {
    if (/^\.{0,2}\//.test(id)) throw new UsageError(`${id} does not exist`, "Check the path.");
    return registry.find(id);
  }
  const { artifact } = await measureTree(surveyTree(id));
  return artifact.digest;
}

const DECLARED = "Level L0, declared: you say that this model answers there. Nothing was measured.";

function listDeployments(options: DeployOptions): Promise<ExitCode> {
  return withReader<ExitCode>(options, async (registry) => {
    const deployments = await registry.deployments();
    if (options.json === true) for (const deployment of deployments) process.stdout.write(jsonLine(deploymentJson(deployment)));
    else if (deployments.length === 0) process.stderr.write("Nothing is deployed. Next: npx weighbridge deploy ID --upstream URL --name NAME\n");
    else process.stdout.write(tableOf(deployments));
    return 0;
  });
}

function tableOf(deployments: readonly Deployment[]): string {
  const names = deployments.map(({ name }) => forTerminal(name));
  const width = Math.max("NAME".length, ...names.map(({ length }) => length));
  const lines = deployments.map(
    (deployment, at) =>
      `${(names[at] ?? "").padEnd(width)}  ${standingNow(deployment).padEnd(9)}  ${shortOf(deployment.artifact)}  L0 declared  ${upstreamText(deployment)}\n`,
  );
  return `${"NAME".padEnd(width)}  STANDING   ID            EVIDENCE     UPSTREAM\n${lines.join("")}`;
}

function withdraw(name: string, options: DeployOptions): Promise<ExitCode> {
  const { reason } = options;
  if (reason === undefined) throw new UsageError("--withdraw needs a reason", 'Add --reason "…".');
  return withExisting(options, async ({ registry }) => {
    const deployment = (await registry.deployments()).find((one) => one.name === name || one.id === name);
    if (deployment === undefined) throw new UsageError(`nothing is deployed as ${name.slice(0, 128)}`, "See weighbridge deploy --list.");
    await registry.withdraw({ id: deployment.id, reason, principal: localPerson().id });
    process.stdout.write(`WITHDRAWN  ${forTerminal(deployment.name)}\n`);
    return 0;
  });
}

/** `weighbridge.deployment/1`. docs/reference/json.md. */
function deploymentJson({ record, ...deployment }: Deployment) {
  return { schema: "weighbridge.deployment/1", ...deployment, standing: standingOf(record, new Date().toISOString()).standing };
}

function standingNow({ record }: Deployment): string {
  return standingOf(record, new Date().toISOString()).standing;
}

function upstreamText({ upstream, engine }: Deployment): string {
  const by = engine === null ? "" : ` (${engine.name}${engine.version === null ? "" : ` ${engine.version}`})`;
  return forTerminal(`${upstream.url} at ${upstream.addresses.join(", ")}${by}`);
}
