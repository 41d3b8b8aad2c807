import { type Approved, approveHeld } from "../admission/approve.ts";
import type { Digest } from "../digest.ts";
import { forTerminal } from "../escape.ts";
import type { Shown } from "../registry/index.ts";
import { EXIT_OF_OUTCOME, type ExitCode } from "./exit.ts";
import { localPrincipal, policiesOf, withExisting } from "./installation.ts";
import { textOf } from "./listed.ts";
import type { ServerClient } from "./remote/client.ts";
import type { ServerOption } from "./remote/with-server.ts";
import { minuteOf, standingText } from "./shown-screen.ts";

export interface ApproveCliOptions extends ServerOption {
  readonly reason: string;
  readonly policy?: string[];
  readonly days: number;
}

const DAY_MS = 24 * 60 * 60_000;

/** Waives what a model on hold waits for, and decides again. */
export function registryApprove(id: string, options: ApproveCliOptions): Promise<ExitCode> {
  const { server, reason, days, policy } = options;
  if (server !== undefined)
    return elsewhere({ ...options, server }, async (client) => {
      const { approveThere } = await import("./remote/registry.ts");
      const approved = await approveThere(client, id, { reason, days, ...(policy === undefined ? {} : { policies: policy }) });
      const ticket = approved.ticket === null ? null : client.urlOf(`/artifacts/${encodeURIComponent(id)}/ticket`);
      process.stdout.write(approvedText({ ...approved, ticket }));
      return EXIT_OF_OUTCOME[approved.decision];
    });
  return withExisting(options, async ({ registry, directory }) => {
    const bridge = { registry, policies: await policiesOf(directory), now: () => new Date() };
    const approved = await approveHeld(bridge, {
      artifact: await registry.find(id),
      reason: options.reason,
      principal: localPrincipal(),
      expires: new Date(Date.now() + options.days * DAY_MS).toISOString(),
      ...(options.policy === undefined ? {} : { policies: options.policy }),
    });
    process.stdout.write(approvedText(factsOf(approved)));
    return EXIT_OF_OUTCOME[approved.decision.outcome];
  });
}

interface ApprovedFacts {
  readonly waived: readonly string[];
  readonly decision: Approved["decision"]["outcome"];
  /** Policies that still want a waiver. */
  readonly waiting: readonly string[];
  /** Where the ticket lies; null where there is none. */
  readonly ticket: string | null;
}

function factsOf({ recorded, decision, waived }: Approved): ApprovedFacts {
  const waiting =
    decision.outcome === "hold" ? decision.reasons.filter(({ waiver }) => waiver !== undefined && waiver.satisfiedBy === undefined) : [];
  return {
    waived,
    decision: decision.outcome,
    waiting: waiting.map(({ policy }) => policy),
    ticket: "ticket" in recorded ? recorded.ticket.file : null,
  };
}

function approvedText({ waived, decision, waiting, ticket }: ApprovedFacts): string {
  return [
    `${decision.toUpperCase()}  waived: ${forTerminal(waived.join(", ")) || "nothing"}`,
    ...(waiting.length === 0 ? [] : [`  Waits for: ${forTerminal(waiting.join(", "))}`]),
    ...(ticket === null ? [] : [`  Ticket: ${forTerminal(ticket)}`]),
    "",
  ].join("\n");
}

interface ReasonOption extends ServerOption {
  readonly reason: string;
}

/** Takes a model's standing. */
export function registryRevoke(id: string, options: ReasonOption): Promise<ExitCode> {
  return changeStanding(id, "revoke", options);
}

/** Gives back the standing that somebody took. */
export function registryReinstate(id: string, options: ReasonOption): Promise<ExitCode> {
  return changeStanding(id, "reinstate", options);
}

const WORD = { revoke: "REVOKED", reinstate: "REINSTATED" } as const;

/** The same act again is no error and no new entry: what was asked for is so already. */
function changeStanding(id: string, effect: keyof typeof WORD, options: ReasonOption): Promise<ExitCode> {
  const { server, reason } = options;
  if (server !== undefined)
    return elsewhere({ ...options, server }, async (client) => {
      const { changeStandingThere } = await import("./remote/registry.ts");
      return printChange(effect, await changeStandingThere(client, id, { effect, reason }));
    });
  return withExisting(options, async ({ registry }) => {
    const artifact = await registry.find(id);
    const { kind } = await registry.changeStanding({ artifact, effect, reason, principal: localPrincipal() });
    return printChange(effect, { kind, shown: await registry.show(artifact) });
  });
}

function printChange(effect: keyof typeof WORD, { kind, shown }: { readonly kind: "changed" | "already"; readonly shown: Shown }): ExitCode {
  process.stdout.write(`${kind === "already" ? "ALREADY " : ""}${WORD[effect]}  ${shown.artifact}\n`);
  if (kind === "already") process.stdout.write(`  ${forTerminal(lastChange(shown))} Nothing was added to the log.\n`);
  process.stdout.write(`  Standing: ${standingText(shown)}.\n`);
  return 0;
}

function lastChange({ standingChanges }: Shown): string {
  const last = standingChanges.at(-1);
  return last === undefined ? "" : `${minuteOf(last.at)} by ${textOf(last.principal)}: ${textOf(last.reason)}.`;
}

/** Gives a model a name. */
export function registryAlias(id: string, alias: string, options: ServerOption): Promise<ExitCode> {
  const { server } = options;
  if (server !== undefined)
    return elsewhere({ ...options, server }, async (client) => {
      const { nameThere } = await import("./remote/registry.ts");
      return printAlias(alias, await nameThere(client, id, alias));
    });
  return withExisting(options, async ({ registry }) => {
    const artifact = await registry.find(id);
    await registry.nameArtifact({ artifact, alias, principal: localPrincipal() });
    return printAlias(alias, artifact);
  });
}

function printAlias(alias: string, artifact: Digest): ExitCode {
  process.stdout.write(`${forTerminal(`${alias} is ${artifact}`)}\n`);
  return 0;
}

/** Does it in the installation of a server. */
async function elsewhere(options: ServerOption & { readonly server: string }, use: (client: ServerClient) => Promise<ExitCode>): Promise<ExitCode> {
  return (await import("./remote/with-server.ts")).withServer(options, use);
}
