import { approveHeld } from "../admission/approve.ts";
import { forTerminal } from "../escape.ts";
import type { Listed, Registry, Shown, StoredText } from "../registry/index.ts";
import { EXIT_OF_OUTCOME, type ExitCode } from "./exit.ts";
import { type DataOption, expectInstallation, localPrincipal, policiesOf, type RegistryAt, withRegistry } from "./installation.ts";
import { jsonLine } from "./json-line.ts";
import { writeOutput } from "./output.ts";

/** Asking a registry must not found one: a misspelt --data would make keys there. */
function withExisting(options: DataOption, use: (at: RegistryAt) => Promise<ExitCode>): Promise<ExitCode> {
  expectInstallation(options);
  return withRegistry<ExitCode>(options, use);
}

interface JsonOption extends DataOption {
  readonly json?: boolean;
}

export function registryList(options: JsonOption): Promise<ExitCode> {
  return withExisting(options, async ({ registry }) => {
    for await (const item of registry.list()) process.stdout.write(options.json === true ? jsonLine(listedJson(item)) : listedLine(item));
    return 0;
  });
}

export function registryShow(id: string, options: JsonOption): Promise<ExitCode> {
  return withExisting(options, async ({ registry }) => {
    const shown = await registry.show(await registry.find(id));
    if (options.json === true) {
      process.stdout.write(jsonLine({ ...listedJson(shown), ...shown, ticket: shown.ticket, name: textOf(shown.name) }));
      return 0;
    }
    const lines = [
      `${shown.decision.toUpperCase()}${shown.standing === "good" || shown.standing === "none" ? "" : `, ${shown.standing}`}  ${textOf(shown.name)}`,
      "",
      `  ${shown.artifact}`,
      ...(shown.aliases.length === 0 ? [] : [`  Also called ${shown.aliases.join(", ")}`]),
      `  Decided ${shown.evaluatedAt}; standing: ${shown.standing}${shown.notAfter === null ? "" : `, ticket until ${shown.notAfter}`}`,
      ...shown.reasons.map((reason) => `  ${reason.effect} ${reason.policy}: ${textOf(reason.text)}${waiverOf(reason)}`),
      ...(shown.held === null ? [] : [`  Waits for: ${shown.held.waiting.map(({ policy, role }) => `${policy} (${role})`).join(", ")}`]),
      ...shown.approvals.map(
        (approval) => `  Approved ${approval.policy} until ${approval.expires} by ${textOf(approval.principal)}: ${textOf(approval.reason)}`,
      ),
      ...shown.standingChanges.map((change) => `  ${change.effect} at ${change.at} by ${textOf(change.principal)}: ${textOf(change.reason)}`),
      ...shown.history.map((entry) => `  entry ${entry.index}  ${entry.at}  ${entry.kind}`),
    ];
    process.stdout.write(`${lines.map(forTerminal).join("\n")}\n`);
    return 0;
  });
}

export interface ApproveCliOptions extends DataOption {
  readonly reason: string;
  readonly policy?: string[];
  readonly days: number;
}

const DAY_MS = 24 * 60 * 60_000;

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
    const { recorded, decision, waived } = approved;
    process.stdout.write(`${decision.outcome.toUpperCase()}  waived: ${forTerminal(waived.join(", ")) || "nothing"}\n`);
    const waiting = decision.outcome === "hold" ? decision.reasons.filter(({ waiver }) => waiver?.satisfiedBy === undefined) : [];
    if (waiting.length > 0) process.stdout.write(`  Waits for: ${forTerminal(waiting.map(({ policy }) => policy).join(", "))}\n`);
    if ("ticket" in recorded) process.stdout.write(`  Ticket: ${forTerminal(recorded.ticket.file)}\n`);
    return EXIT_OF_OUTCOME[approved.decision.outcome];
  });
}

export function registryRevoke(id: string, options: DataOption & { readonly reason: string }): Promise<ExitCode> {
  return withExisting(options, async ({ registry }) => {
    const artifact = await registry.find(id);
    await registry.changeStanding({ artifact, effect: "revoke", reason: options.reason, principal: localPrincipal() });
    process.stdout.write(`REVOKED  ${artifact}\n`);
    return 0;
  });
}

export function registryAlias(id: string, alias: string, options: DataOption): Promise<ExitCode> {
  return withExisting(options, async ({ registry }) => {
    const artifact = await registry.find(id);
    await registry.nameArtifact({ artifact, alias, principal: localPrincipal() });
    process.stdout.write(forTerminal(`${alias} is ${artifact}`));
    process.stdout.write("\n");
    return 0;
  });
}

export function registryExport(options: DataOption & { readonly status: string }): Promise<ExitCode> {
  return withExisting(options, async ({ registry }) => {
    await writeStatus(registry, options.status);
    return 0;
  });
}

async function writeStatus(registry: Registry, file: string): Promise<void> {
  writeOutput(file, await registry.exportStatus());
  if (file !== "-") process.stdout.write(`${forTerminal(file)}: the standing of all tickets, as of now\n`);
}

function listedJson({ artifact, name, decision, standing, ticket, notAfter }: Listed) {
  return {
    schema: "weighbridge.registry/1",
    artifact,
    name: textOf(name),
    decision,
    standing,
    ...(ticket === null ? {} : { ticket }),
    ...(notAfter === null ? {} : { notAfter }),
  };
}

function listedLine({ artifact, name, decision, standing, notAfter }: Listed): string {
  const until = notAfter === null ? "" : `until ${notAfter.slice(0, 10)}`;
  return `${artifact.slice("sha256:".length, "sha256:".length + 12)}  ${decision.padEnd(5)}  ${standing.padEnd(9)}  ${until.padEnd(16)}  ${forTerminal(textOf(name))}\n`;
}

function waiverOf({ waiver }: Shown["reasons"][number]): string {
  if (waiver === undefined) return "";
  return waiver.satisfiedBy === undefined ? ` (may be waived by: ${waiver.role})` : ` (waived until ${waiver.expires ?? ""})`;
}

function textOf(text: StoredText): string {
  if (text.kind === "evidence-missing") return "(erased)";
  return typeof text.value === "string" ? text.value : JSON.stringify(text.value);
}
