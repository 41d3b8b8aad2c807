import { existsSync } from "node:fs";
import { join } from "node:path";
import { verifyAuditLog } from "../audit/index.ts";
import { type RegistryReader, standingOf } from "../registry/index.ts";
import { accessPoliciesOf } from "../server/access-policies.ts";
import type { Check } from "./doctor.ts";
import { failureOf } from "./failure.ts";
import { reachableAddress } from "./reachable.ts";
import { configurationOf, type ServeOptions } from "./serve.ts";

/** What the server needs, and what it kept. */
export async function serverChecks(directory: string, options: ServeOptions): Promise<readonly Check[]> {
  return Promise.all([
    configurationCheck(options),
    check(() => {
      const { policies, digest } = accessPoliciesOf(directory);
      return `${policies.size} access policies, ${digest}`;
    }),
    auditCheck(join(directory, "audit")),
  ]);
}

/** Whether the server would start by this configuration; asked before there is an installation, too. */
export function configurationCheck(options: ServeOptions): Promise<Check> {
  return check(() => {
    const { file, server, gateway } = configurationOf(options);
    return `configuration ${file ?? "by defaults"}: console on ${server.host}:${server.port}, gateway on ${gateway.host}:${gateway.port}`;
  });
}

/** Whether what is deployed has a ticket that counts, and a model server that takes a connection. */
export async function deploymentChecks(registry: RegistryReader): Promise<readonly Check[]> {
  const now = new Date().toISOString();
  return Promise.all(
    (await registry.deployments()).map(async (deployment): Promise<Check> => {
      const { standing, why } = standingOf(deployment.record, now);
      const what = `deployment ${deployment.name}`;
      if (standing !== "good") return { state: "note", text: `${what} is not served: ${why}` };
      const address = await reachableAddress(deployment.upstream);
      if (address !== null) return { state: "ok", text: `${what}: a model server answers at ${address}; L0, declared` };
      return {
        state: "bad",
        text: `${what}: nothing takes a connection at ${deployment.upstream.addresses.join(", ")} (${deployment.upstream.url})`,
      };
    }),
  );
}

async function auditCheck(folder: string): Promise<Check> {
  if (!existsSync(folder)) return { state: "note", text: "no audit log yet: the server begins one" };
  const verified = await verifyAuditLog(folder);
  if (verified.kind === "verified") return { state: "ok", text: `audit log verifies, ${verified.head.seq} records` };
  return { state: "bad", text: `audit log does not verify: ${verified.why}` };
}

async function check(look: () => string): Promise<Check> {
  try {
    return { state: "ok", text: look() };
  } catch (error) {
    const { message, hint, code } = failureOf(error);
    return { state: "bad", text: `${message}. ${hint} [${code}]` };
  }
}
