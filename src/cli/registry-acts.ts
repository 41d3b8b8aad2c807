import { type Approved, approveHeld } from "../admission/approve.ts";
import { forTerminal } from "../escape.ts";
import type { Shown } from "../registry/index.ts";
import { EXIT_OF_OUTCOME, type ExitCode } from "./exit.ts";
import { type DataOption, localPrincipal, policiesOf, withExisting } from "./installation.ts";
import { textOf } from "./listed.ts";
import { minuteOf, standingText } from "./shown-screen.ts";

export interface ApproveCliOptions extends DataOption {
  readonly reason: string;
  readonly policy?: string[];
  readonly days: number;
}

const DAY_MS = 24 * 60 * 60_000;

/** Waives what a model on hold waits for, and decides again. */
export function registryApprove(id: string, options: ApproveCliOptions): Promise<ExitCode> {
  return withExisting(options, async ({ registry, directory }) => {
    const bridge = { registry, policies: await policiesOf(directory), now: () => new Date() };
    const approved = await approveHeld(bridge, {
      artifact: await registry.find(id),
      reason: options.reason,
      principal: localPrincipal(),
      expires: new Date(Date.now() + options.days * DAY_MS).toISOString(),
      ...(options.policy === undefined ? {} : { policies: options.policy }),
    });
    process.stdout.write(approvedText(approved));
    return EXIT_OF_OUTCOME[approved.decision.outcome];
  });
}

function approvedText({ recorded, decision, waived }: Approved): string {
  const waiting =
    decision.outcome === "hold" ? decision.reasons.filter(({ waiver }) => waiver !== undefined && waiver.satisfiedBy === undefined) : [];
  return [
    `${decision.outcome.toUpperCase()}  waived: ${forTerminal(waived.join(", ")) || "nothing"}`,
    ...(waiting.length === 0 ? [] : [`  Waits for: ${forTerminal(waiting.map(({ policy }) => policy).join(", "))}`]),
    ...("ticket" in recorded ? [`  Ticket: ${forTerminal(recorded.ticket.file)}`] : []),
    "",
  ].join("\n");
}

interface ReasonOption extends DataOption {
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
  return withExisting(options, async ({ registry }) => {
    const artifact = await registry.find(id);
    const { kind } = await registry.changeStanding({ artifact, effect, reason: options.reason, principal: localPrincipal() });
    const shown = await registry.show(artifact);
    process.stdout.write(`${kind === "already" ? "ALREADY " : ""}${WORD[effect]}  ${artifact}\n`);
    if (kind === "already") process.stdout.write(`  ${forTerminal(lastChange(shown))} Nothing was added to the log.\n`);
    process.stdout.write(`  Standing: ${standingText(shown)}.\n`);
    return 0;
  });
}

function lastChange({ standingChanges }: Shown): string {
  const last = standingChanges.at(-1);
  return last === undefined ? "" : `${minuteOf(last.at)} by ${textOf(last.principal)}: ${textOf(last.reason)}.`;
}

/** Gives a model a name. */
export function registryAlias(id: string, alias: string, options: DataOption): Promise<ExitCode> {
  return withExisting(options, async ({ registry }) => {
    const artifact = await registry.find(id);
    await registry.nameArtifact({ artifact, alias, principal: localPrincipal() });
    process.stdout.write(`${forTerminal(`${alias} is ${artifact}`)}\n`);
    return 0;
  });
}
