import { join } from "node:path";
import { digestOf, hexOf } from "../digest.ts";
import { UsageError } from "../errors.ts";
import { forTerminal } from "../escape.ts";
import { type LogIdentity, type LogVerification, verifyLog, WITHOUT_WITNESS } from "../log/index.ts";
import { readLogIdentity } from "../registry/index.ts";
import type { ExitCode } from "./exit.ts";
import { type DataOption, dataDirectory, expectInstallation, stateDirectory, withRegistry } from "./installation.ts";

/** Verifies every entry against the signed checkpoint, and says what that does and does not prove. Reads only: a damaged log cannot be opened. */
export function logVerify(options: DataOption): ExitCode {
  const { identity, verification } = verified(options);
  if (verification.kind === "broken") {
    for (const { file, what } of verification.problems) process.stdout.write(`${forTerminal(file)}: ${forTerminal(what)}\n`);
    process.stdout.write("The log does not verify. Restore the data directory from a copy.\n");
    return 1;
  }
  process.stdout.write(`${verification.checkpoint.size} entries of ${forTerminal(identity.origin)} verify against the signed checkpoint.\n`);
  process.stdout.write(`${WITHOUT_WITNESS}\n`);
  return 0;
}

/** Makes the tables that are views of the log anew. */
export function logRebuild(options: DataOption): Promise<ExitCode> {
  expectInstallation(options);
  return withRegistry<ExitCode>(
    options,
    async () => {
      process.stdout.write("The tables were made anew from the log and its blobs.\n");
      return 0;
    },
    true,
  );
}

/** Prints the latest signed checkpoint of a log that verifies. */
export function logCheckpoint(options: DataOption): ExitCode {
  const { verification } = verified(options);
  if (verification.kind === "broken") throw new UsageError("the log does not verify", "Run weighbridge log verify.");
  process.stdout.write(verification.checkpoint.text);
  return 0;
}

function verified(options: DataOption): { readonly identity: LogIdentity; readonly verification: LogVerification } {
  expectInstallation(options);
  const identity = readLogIdentity(dataDirectory(options));
  const outsideCheckpoint = join(stateDirectory(), `${hexOf(digestOf(identity.origin))}.checkpoint`);
  return { identity, verification: verifyLog({ ...identity, outsideCheckpoint }) };
}
