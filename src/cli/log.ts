import { join } from "node:path";
import { digestOf, hexOf } from "../digest.ts";
import { UsageError } from "../errors.ts";
import { forTerminal } from "../escape.ts";
import { verifyLog, WITHOUT_WITNESS } from "../log/index.ts";
import type { ExitCode } from "./exit.ts";
import { type DataOption, expectInstallation, stateDirectory, withRegistry } from "./installation.ts";

/** Verifies every entry against the signed checkpoint, and says what that does and does not prove. */
export function logVerify(options: DataOption): Promise<ExitCode> {
  expectInstallation(options);
  return withRegistry<ExitCode>(options, async ({ registry }) => {
    const outside = join(stateDirectory(), `${hexOf(digestOf(registry.log.origin))}.checkpoint`);
    const verification = verifyLog({ ...registry.log, outsideCheckpoint: outside });
    if (verification.kind === "broken") {
      for (const { file, what } of verification.problems) process.stdout.write(`${forTerminal(file)}: ${forTerminal(what)}\n`);
      process.stdout.write("The log does not verify. Restore the data directory from a copy.\n");
      return 1;
    }
    process.stdout.write(`${verification.checkpoint.size} entries of ${forTerminal(registry.log.origin)} verify against the signed checkpoint.\n`);
    process.stdout.write(`${WITHOUT_WITNESS}\n`);
    return 0;
  });
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

/** Prints the latest signed checkpoint. */
export function logCheckpoint(options: DataOption): Promise<ExitCode> {
  expectInstallation(options);
  return withRegistry<ExitCode>(options, async ({ registry }) => {
    const verification = verifyLog(registry.log);
    if (verification.kind === "broken") throw new UsageError("the log does not verify", "Run weighbridge log verify.");
    process.stdout.write(verification.checkpoint.text);
    return 0;
  });
}
