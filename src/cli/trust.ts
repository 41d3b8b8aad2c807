import { forTerminal } from "../escape.ts";
import { fingerprintOf, trustBytes } from "../evidence/trust.ts";
import type { ExitCode } from "./exit.ts";
import { type DataOption, expectInstallation, withRegistry } from "./installation.ts";
import { writeOutput } from "./output.ts";

/** Writes the trust file: what somebody elsewhere needs to believe tickets of this installation. */
export function trustExport(file: string, options: DataOption): Promise<ExitCode> {
  expectInstallation(options);
  return withRegistry<ExitCode>(options, async ({ registry }) => {
    const trust = await registry.trust();
    writeOutput(file, trustBytes(trust));
    if (file !== "-") process.stdout.write(`${forTerminal(file)}  fingerprint ${fingerprintOf(trust)}\n`);
    return 0;
  });
}

/** Prints what a person compares and copies: fingerprint, origin, and the keys with their validity. */
export function trustShow(options: DataOption): Promise<ExitCode> {
  expectInstallation(options);
  return withRegistry<ExitCode>(options, async ({ registry }) => {
    const trust = await registry.trust();
    const keys = trust.ticketKeys.map(
      (key) => `ticket key  ${key.keyid}  from ${key.notBefore} ${key.notAfter === null ? "on" : `to ${key.notAfter}`}`,
    );
    const lines = [`fingerprint ${fingerprintOf(trust)}`, `origin      ${trust.origin}`, `log key     ${trust.logKey}`, ...keys];
    process.stdout.write(`${lines.map(forTerminal).join("\n")}\n`);
    return 0;
  });
}
