import { writeFileSync } from "node:fs";
import { forTerminal } from "../escape.ts";
import { fingerprintOf, trustBytes } from "../evidence/trust.ts";
import type { ExitCode } from "./exit.ts";
import { type DataOption, withRegistry } from "./installation.ts";

/** Writes the trust file: what somebody elsewhere needs to believe tickets of this installation. */
export function trustExport(file: string, options: DataOption): Promise<ExitCode> {
  return withRegistry<ExitCode>(options, async ({ registry }) => {
    const trust = await registry.trust();
    if (file === "-") process.stdout.write(trustBytes(trust));
    else {
      writeFileSync(file, trustBytes(trust));
      process.stdout.write(`${forTerminal(file)}  fingerprint ${fingerprintOf(trust)}\n`);
    }
    return 0;
  });
}

export function trustShow(options: DataOption): Promise<ExitCode> {
  return withRegistry<ExitCode>(options, async ({ registry }) => {
    const trust = await registry.trust();
    const keys = trust.ticketKeys.map(
      (key) => `ticket key  ${key.keyid}  from ${key.notBefore} ${key.notAfter === null ? "on" : `to ${key.notAfter}`}`,
    );
    process.stdout.write(
      `${forTerminal([`fingerprint ${fingerprintOf(trust)}`, `origin      ${trust.origin}`, `log key     ${trust.logKey}`].join("|")).replaceAll("|", "\n")}\n${keys.join("\n")}\n`,
    );
    return 0;
  });
}
