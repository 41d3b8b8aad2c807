import { join } from "node:path";
import { AccessJudge } from "../access/judge.ts";
import { Sessions } from "../access/sessions.ts";
import { SignInLinks } from "../access/sign-in-links.ts";
import { Tokens } from "../access/tokens.ts";
import { openAuditLog } from "../audit/index.ts";
import type { Digest } from "../digest.ts";
import { loadPolicySet, type PolicySet } from "../policy/policy-set.ts";
import { openRegistry, type Registry, type Surroundings } from "../registry/index.ts";
import { openState } from "../state/database.ts";
import { accessPoliciesOf } from "./access-policies.ts";
import { Closing } from "./closing.ts";
import type { Configuration } from "./configuration/index.ts";
import type { ServerParts } from "./parts.ts";

export interface InstallationPlace {
  readonly directory: string;
  /** Outside the data directory, for the last signed checkpoint. */
  readonly stateFolder: string;
  /** The policies that decide about artifacts. */
  readonly policyFolder: string;
  readonly configuration: Configuration;
  readonly surroundings: Surroundings;
  /** Who starts the server: told to the log when policies changed. */
  readonly principal: string;
}

/** Opens all that the control plane works on, and founds the installation where there is none. What was opened is closed again when a later part cannot be. */
export async function openParts(place: InstallationPlace): Promise<{ readonly parts: ServerParts; close(): Promise<void> }> {
  const { directory, stateFolder, policyFolder, configuration, surroundings, principal } = place;
  const closing = new Closing();
  try {
    const policies = loadPolicySet(policyFolder);
    const accessPolicies = accessPoliciesOf(directory);
    const registry = closing.add(await openRegistry(directory, { surroundings, stateFolder }));
    const state = closing.add(openState(directory));
    const audit = closing.add(await openAuditLog(join(directory, "audit"), { segmentBytes: configuration.audit.segmentBytes }));
    await tellPolicies(registry, { policies, accessPolicies, principal });
    const { idleMinutes, absoluteMinutes } = configuration.sessions;
    const parts: ServerParts = {
      directory,
      registry,
      state,
      tokens: new Tokens(state, surroundings),
      sessions: new Sessions(state, surroundings, { idleMs: idleMinutes * 60_000, absoluteMs: absoluteMinutes * 60_000 }),
      links: new SignInLinks(state, surroundings),
      judge: new AccessJudge(accessPolicies, () => surroundings.now()),
      audit,
      policies,
      policyFolder,
      accessPolicies,
      surroundings,
    };
    return { parts, close: () => closing.close() };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

interface Sets {
  readonly policies: PolicySet;
  readonly accessPolicies: PolicySet;
  readonly principal: string;
}

/** The log hears of policies before they decide anything. */
async function tellPolicies(registry: Registry, { policies, accessPolicies, principal }: Sets): Promise<void> {
  const told = ({ digest, text }: { readonly digest: Digest; readonly text: string }) => ({ digest, text, principal });
  await registry.recordPolicySet(told(policies));
  await registry.recordPolicySet({ kind: "accessPolicySet", ...told(accessPolicies) });
}
