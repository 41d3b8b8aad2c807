import { forTerminal } from "../escape.ts";
import { fingerprintOf, trustBytes } from "../evidence/trust.ts";
import type { ExitCode } from "./exit.ts";
import { type DataOption, withExisting, withReader } from "./installation.ts";
import { writeOutput } from "./output.ts";
import { expectReplaceable } from "./replaceable.ts";

/** Writes the trust file: what somebody elsewhere needs to believe tickets of this installation. */
export function trustExport(file: string, options: DataOption): Promise<ExitCode> {
  return withReader<ExitCode>(options, async (registry) => {
    const trust = await registry.trust();
    expectReplaceable(file, "trust");
    writeOutput(file, trustBytes(trust));
    if (file !== "-") process.stdout.write(`${forTerminal(file)}  fingerprint ${fingerprintOf(trust)}\n`);
    return 0;
  });
}

/** Prints what a person compares and copies: fingerprint, origin, and the keys with their validity. */
export function trustShow(options: DataOption): Promise<ExitCode> {
  return withReader<ExitCode>(options, async (registry) => {
    const trust = await registry.trust();
    const keys = trust.ticketKeys.map(
      (key) => `ticket key  ${key.keyid}  from ${key.notBefore} ${key.notAfter === null ? "on" : `to ${key.notAfter}`}`,
    );
    const lines = [`fingerprint ${fingerprintOf(trust)}`, `origin      ${trust.origin}`, `log key     ${trust.logKey}`, ...keys];
    process.stdout.write(`${lines.map(forTerminal).join("\n")}\n`);
    return 0;
  });
}

/** Makes a new ticket key that the old one signs in. Tickets of the old key stay authentic; whoever verifies elsewhere needs the new trust file. */
export function trustRotate(options: DataOption): Promise<ExitCode> {
  return withExisting(options, async ({ registry }) => {
    const trust = await registry.rotateTicketKey();
    const key = trust.ticketKeys.at(-1);
    const lines = [
      `ROTATED  ticket key ${key?.keyid} signs from ${key?.notBefore} on`,
      `  fingerprint ${fingerprintOf(trust)}`,
      "  Next: npx weighbridge trust export, and hand the file to everybody who verifies elsewhere: with the old one, tickets from now on are refused.",
    ];
    process.stdout.write(`${lines.map(forTerminal).join("\n")}\n`);
    return 0;
  });
}
